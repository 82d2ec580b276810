#include "unit.h"

#include "base/ip_address.h"

static bool parses(const char *text)
{
    IpAddress address;
    return ip_address_parse(str_from_c(text), &address);
}

static bool same(const char *a, const char *b)
{
    IpAddress x;
    IpAddress y;
    assert_true(ip_address_parse(str_from_c(a), &x));
    assert_true(ip_address_parse(str_from_c(b), &y));
    return ip_address_compare(&x, &y) == 0;
}

TEST(every_form_of_an_address_is_that_address)
{
    assert_true(same("10.0.0.1", "::ffff:10.0.0.1"));
    assert_true(same("10.0.0.1", "::ffff:a00:1"));
    assert_true(same("10.0.0.1", "0:0:0:0:0:FFFF:0a00:0001"));
    assert_true(same("2001:db8::1", "2001:0db8:0000:0000:0000:0000:0000:0001"));
    assert_true(same("fe80::1%eth0", "FE80::1"));
    assert_true(same("::", "0:0:0:0:0:0:0:0"));
    assert_false(same("10.0.0.1", "::10.0.0.1"));
}

TEST(what_is_no_address_is_refused)
{
    static const char *const BAD[] = {
        "",          "10.0.0",     "10.0.0.256", "10.0.0.1.2", "10.0.0.01",  " 10.0.0.1",
        "10.0.0.1 ", "a",          ":",          ":::",        "1::2::3",    "12345::",
        "::1%",      "10.0.0.1%x", "::1/64",     "[::1]",      "0x0a000001", "::ffff:10.0.0.256"};
    for (size_t i = 0; i < ARRAY_LEN(BAD); i++) {
        if (parses(BAD[i])) {
            fail_msg("'%s' parses", BAD[i]);
        }
    }
    IpAddress address;
    assert_false(ip_address_parse((Str){"10.0.0.1\0"
                                        "x",
                                        10},
                                  &address));
    char longest[300];
    memset(longest, '1', sizeof longest);
    assert_false(ip_address_parse((Str){longest, sizeof longest}, &address));
}

TEST(addresses_order_as_numbers)
{
    IpAddress a;
    IpAddress b;
    assert_true(ip_address_parse(STR("9.255.255.255"), &a) &&
                ip_address_parse(STR("10.0.0.0"), &b));
    assert_true(ip_address_compare(&a, &b) < 0);
    assert_true(ip_address_parse(STR("::2"), &a));
    assert_true(ip_address_compare(&a, &b) < 0);
}

TEST(blocks_contain_their_addresses)
{
    static const struct {
        const char *block;
        const char *address;
        bool contains;
    } CASES[] = {
        {"10.6.48.157/8", "10.255.1.2", true},
        {"10.6.48.157/8", "11.0.0.0", false},
        {"0.0.0.0/0", "255.255.255.255", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"::/0", "10.0.0.1", true},
        {"10.0.0.1", "10.0.0.1", true},
        {"10.0.0.1", "10.0.0.2", false},
        {"192.168.1.128/25", "192.168.1.127", false},
        {"192.168.1.128/25", "192.168.1.200", true},
        {"fe80::/10", "febf::1", true},
        {"fe80::/10", "fec0::1", false},
        {"10.0.0.0/32", "10.0.0.0", true},
        {"::ffff:10.0.0.0/104", "10.9.9.9", true},
        {"10.0.0.4/31", "10.0.0.5", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        IpBlock block;
        IpAddress address;
        assert_true(ip_block_parse(str_from_c(CASES[i].block), &block));
        assert_true(ip_address_parse(str_from_c(CASES[i].address), &address));
        if (ip_block_contains(&block, &address) != CASES[i].contains) {
            fail_msg("%s in %s", CASES[i].address, CASES[i].block);
        }
    }
}

TEST(what_is_no_block_is_refused)
{
    static const char *const BAD[] = {
        "10.0.0.0/33",  "::/129",      "10.0.0.0/",     "10.0.0.0/-1", "/8", "",
        "10.0.0.0/8/8", "10.0.0.0/ 8", "10.0.0.0/0008", "10.0.0/8"};
    for (size_t i = 0; i < ARRAY_LEN(BAD); i++) {
        IpBlock block;
        if (ip_block_parse(str_from_c(BAD[i]), &block)) {
            fail_msg("'%s' parses", BAD[i]);
        }
    }
}

RUN_TESTS(CASE(every_form_of_an_address_is_that_address), CASE(what_is_no_address_is_refused),
          CASE(addresses_order_as_numbers), CASE(blocks_contain_their_addresses),
          CASE(what_is_no_block_is_refused))
