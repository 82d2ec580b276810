#include "ingest/json_index.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "base/heap.h"
#include "base/utf8.h"
#include "ingest/json_block.h"

#define INLINE static inline __attribute__((always_inline))

/* What one block hands to the next. */
typedef struct Carry {
    uint64_t inside; /* all bits set when a string is open at the block's start */
    uint64_t escape; /* 1 when the block's first byte is escaped */
    uint64_t scalar; /* 1 when the byte before the block belongs to a scalar */
    uint64_t high;   /* of all blocks so far */
    uint32_t *out;
} Carry;

typedef struct Pass {
    Str text;
    JsonIndex *index;
    size_t low_surrogate; /* where a second half may stand: the 'u' of its escape */
} Pass;

/* What differs between instruction sets. */
typedef void ReadBlock(const char *text, JsonBlock *out);
typedef uint64_t PrefixXor(uint64_t bits);
typedef uint32_t *AppendBits(uint32_t *out, uint64_t bits, uint32_t base);

static void fault(Pass *pass, size_t at, const char *what)
{
    pass->index->end = (uint32_t)at;
    pass->index->fault = what;
}

/* The value of four hex digits, or a number above 0xFFFF. */
static uint32_t hex4(const char *text)
{
    uint32_t value = 0;
    for (size_t i = 0; i < 4; i++) {
        char digit = text[i];
        char letter = (char)(digit | 0x20);
        if (digit >= '0' && digit <= '9') {
            value = value * 16 + (uint32_t)(digit - '0');
        } else if (letter >= 'a' && letter <= 'f') {
            value = value * 16 + (uint32_t)(letter - 'a') + 10;
        } else {
            return UINT32_MAX;
        }
    }
    return value;
}

/* `at` is the 'u'. What follows may lie behind the text: then no quote ends the string, which is a fault
 * too, told at the string's start. */
static const char *unicode_fault(Pass *pass, size_t at)
{
    const char *text = pass->text.ptr + at;
    uint32_t unit = hex4(text + 1);
    if (unit > 0xFFFF) {
        return "\\u needs four hex digits";
    }
    if (unit >= 0xD800 && unit < 0xDC00) {
        if (text[5] != '\\' || text[6] != 'u' || (hex4(text + 7) & 0xFFFFFC00) != 0xDC00) {
            return "half of a surrogate pair";
        }
        pass->low_surrogate = at + 6;
    } else if (unit >= 0xDC00 && unit < 0xE000 && pass->low_surrogate != at) {
        return "half of a surrogate pair";
    }
    return NULL;
}

static const char *escape_fault(Pass *pass, size_t at)
{
    switch (pass->text.ptr[at]) {
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
    case '/': return NULL;
    case 'u': return unicode_fault(pass, at);
    default: return "unknown escape";
    }
}

/* Looks closer at a block with control characters or escapes other than \" and \\. Returns the bits
 * before the first fault. */
static uint64_t check_block(Pass *pass, size_t at, uint64_t inside, uint64_t control,
                            uint64_t escapes)
{
    for (uint64_t rest = (control | escapes); rest != 0; rest &= rest - 1) {
        unsigned bit = (unsigned)__builtin_ctzll(rest);
        char byte = pass->text.ptr[at + bit];
        const char *what = NULL;
        if ((control >> bit) & 1) {
            bool blank = byte == '\n' || byte == '\r' || byte == '\t';
            if ((inside >> bit) & 1) {
                what = "control character in a string";
            } else if (!blank) {
                what = "control character between tokens";
            }
        } else {
            what = escape_fault(pass, at + bit);
        }
        if (what != NULL) {
            fault(pass, at + bit, what);
            return json_low_bits(bit);
        }
    }
    return ~(uint64_t)0;
}

/* What is in one block. */
typedef struct Found {
    uint64_t tokens;
    uint64_t inside;  /* of strings, with the opening quote, not the closing one */
    uint64_t escapes; /* what follows backslashes, but for \" and \\ */
} Found;

INLINE Found find(Carry *carry, const JsonBlock *block, PrefixXor *prefix_xor)
{
    uint64_t escaped = json_escaped(block->backslash, &carry->escape);
    uint64_t quote = block->quote & ~escaped;
    uint64_t inside = prefix_xor(quote) ^ carry->inside;
    carry->inside = (uint64_t)((int64_t)inside >> 63);

    uint64_t scalar = ~(block->special | inside);
    uint64_t starts = scalar & ~((scalar << 1) | carry->scalar);
    carry->scalar = scalar >> 63;
    carry->high |= block->high;
    return (Found){
        .tokens = (block->bracket & ~inside) | starts | (quote & inside),
        .inside = inside,
        .escapes = escaped & inside & ~(block->quote | block->backslash),
    };
}

/* Goes on up to the first block that must be looked at closer, or is not whole, and returns its place. There is
 * no call in this loop, so that everything stays in registers. */
INLINE size_t run(Str text, size_t at, Carry *carry, ReadBlock *read, PrefixXor *prefix_xor,
                  AppendBits *append)
{
    Carry now = *carry;
    for (; at + JSON_BLOCK <= text.len; at += JSON_BLOCK) {
        JsonBlock block;
        Carry next = now;
        read(text.ptr + at, &block);
        Found found = find(&next, &block, prefix_xor);
        if (__builtin_expect((block.control | found.escapes) != 0, 0)) {
            break;
        }
        next.out = append(now.out, found.tokens, (uint32_t)at);
        now = next;
    }
    *carry = now;
    return at;
}

/* Bytes behind the text are as if blank. */
static void cut_block(JsonBlock *block, size_t live)
{
    uint64_t mask = json_low_bits(live);
    block->quote &= mask;
    block->backslash &= mask;
    block->bracket &= mask;
    block->control &= mask;
    block->high &= mask;
    block->special |= ~mask;
}

static void end_at(Pass *pass, uint32_t **out, size_t at, const char *what)
{
    fault(pass, at, what);
    while (*out > pass->index->tokens && (*out)[-1] >= at) {
        --*out;
    }
}

static void finish(Pass *pass, const Carry *carry)
{
    JsonIndex *index = pass->index;
    uint32_t *out = carry->out;
    if (index->fault == NULL && carry->inside != 0) {
        end_at(pass, &out, out[-1], "string does not end");
    }
    size_t bad = 0;
    if (carry->high != 0 && !utf8_check(str_slice(pass->text, 0, index->end), &bad)) {
        end_at(pass, &out, bad, "bytes that are no UTF-8");
    }
    index->count = (uint32_t)(out - index->tokens);
    for (size_t i = 0; i < JSON_INDEX_SPARE; i++) {
        out[i] = index->end;
    }
}

static void reserve(JsonIndex *index, size_t len)
{
    /* A block's tokens are stored in whole vectors, so up to a block of entries may lie behind the last. */
    size_t wanted = len + JSON_BLOCK + JSON_INDEX_SPARE + 64;
    if (wanted <= index->capacity) {
        return;
    }
    wanted = wanted < 16384 ? 16384 : wanted + wanted / 2;
    free(index->tokens);
    index->tokens = heap_bytes(wanted * sizeof *index->tokens);
    index->capacity = wanted;
}

/* The block at which `run` stopped. */
INLINE void look_closer(Pass *pass, size_t at, Carry *carry, ReadBlock *read, PrefixXor *prefix_xor,
                        AppendBits *append)
{
    JsonBlock block;
    read(pass->text.ptr + at, &block);
    if (pass->text.len - at < JSON_BLOCK) {
        cut_block(&block, pass->text.len - at);
    }
    Found found = find(carry, &block, prefix_xor);
    if ((block.control | found.escapes) != 0) {
        found.tokens &= check_block(pass, at, found.inside, block.control, found.escapes);
    }
    carry->out = append(carry->out, found.tokens, (uint32_t)at);
}

INLINE void build(JsonIndex *index, Str text, ReadBlock *read, PrefixXor *prefix_xor,
                  AppendBits *append)
{
    assert(text.len <= JSON_INDEX_MAX_TEXT);
    reserve(index, text.len);
    index->end = (uint32_t)text.len;
    index->fault = NULL;
    Pass pass = {.text = text, .index = index, .low_surrogate = SIZE_MAX};
    Carry carry = {.out = index->tokens};
    for (size_t at = 0; at < text.len && index->fault == NULL; at += JSON_BLOCK) {
        at = run(text, at, &carry, read, prefix_xor, append);
        if (at < text.len) {
            look_closer(&pass, at, &carry, read, prefix_xor, append);
        }
    }
    finish(&pass, &carry);
}

/* Eight stores at a time, needed or not: what lies behind the count is overwritten by the next block, and
 * there is no branch on the number of tokens up to eight, then up to sixteen. */
INLINE uint32_t *append_bits(uint32_t *out, uint64_t bits, uint32_t base)
{
    uint32_t *end = out + __builtin_popcountll(bits);
    do {
        for (unsigned i = 0; i < 8; i++) {
            out[i] = base + (uint32_t)__builtin_ctzll(bits | ((uint64_t)1 << 63));
            bits &= bits - 1;
        }
        out += 8;
    } while (out < end);
    return end;
}

static void build_plain(JsonIndex *index, Str text)
{
    build(index, text, json_block_read, json_prefix_xor, append_bits);
}

#if defined(__x86_64__)

#define AVX2   __attribute__((target("avx2,bmi,popcnt,pclmul")))
#define AVX512 __attribute__((target("avx2,bmi,popcnt,pclmul,avx512f,avx512bw,avx512vbmi2")))

AVX2 INLINE uint64_t bits_of(__m256i low, __m256i high)
{
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(low) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

AVX2 INLINE __m256i equal(__m256i bytes, char byte)
{
    return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte));
}

AVX2 INLINE __m256i bracket(__m256i bytes)
{
    __m256i folded = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20)); /* '[' to '{', ']' to '}' */
    return _mm256_or_si256(equal(folded, '{'), equal(folded, '}'));
}

AVX2 INLINE __m256i blank(__m256i bytes)
{
    return equal(_mm256_max_epu8(bytes, _mm256_set1_epi8(' ')), ' ');
}

AVX2 INLINE __m256i special(__m256i bytes)
{
    __m256i separator = _mm256_or_si256(equal(bytes, ':'), equal(bytes, ','));
    return _mm256_or_si256(_mm256_or_si256(bracket(bytes), separator),
                           _mm256_or_si256(blank(bytes), equal(bytes, '"')));
}

AVX2 INLINE __m256i control(__m256i bytes)
{
    return _mm256_andnot_si256(equal(bytes, ' '), blank(bytes));
}

AVX2 INLINE void read_avx2(const char *text, JsonBlock *out)
{
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)text);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(text + 32));
    out->quote = bits_of(equal(low, '"'), equal(high, '"'));
    out->backslash = bits_of(equal(low, '\\'), equal(high, '\\'));
    out->bracket = bits_of(bracket(low), bracket(high));
    out->special = bits_of(special(low), special(high));
    out->control = bits_of(control(low), control(high));
    out->high = bits_of(low, high);
}

AVX2 INLINE uint64_t prefix_xor_clmul(uint64_t bits)
{
    /* Multiplying by all ones without carries adds up, at each place, all the bits below it. */
    __m128i product =
        _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)bits), _mm_set1_epi8(-1), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

AVX2 static void build_avx2(JsonIndex *index, Str text)
{
    build(index, text, read_avx2, prefix_xor_clmul, append_bits);
}

AVX512 INLINE void read_avx512(const char *text, JsonBlock *out)
{
    /* By its low four bits a byte is looked up, and is one of these if it is found: : , { }. A control character
     * may be found with them, but those are faults or blanks. */
    const __m512i marks = _mm512_broadcast_i32x4(
        _mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0));
    __m512i bytes = _mm512_loadu_si512(text);
    __m512i folded = _mm512_or_si512(bytes, _mm512_set1_epi8(0x20)); /* '[' to '{', ']' to '}' */
    uint64_t mark = _mm512_cmpeq_epi8_mask(_mm512_shuffle_epi8(marks, folded), folded);
    out->quote = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"'));
    out->backslash = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\'));
    out->bracket = mark & _mm512_test_epi8_mask(bytes, _mm512_set1_epi8(0x40));
    uint64_t blank = _mm512_cmple_epu8_mask(bytes, _mm512_set1_epi8(0x20));
    out->special = mark | blank | out->quote;
    out->control = blank & _mm512_testn_epi8_mask(bytes, _mm512_set1_epi8(0x20));
    out->high = _mm512_movepi8_mask(bytes);
}

/* The numbers of the set bits, packed to the front, sixteen widened and stored at a time. */
AVX512 INLINE uint32_t *append_avx512(uint32_t *out, uint64_t bits, uint32_t base)
{
    const __m512i numbers = _mm512_set_epi8(
        63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41,
        40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18,
        17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    __m512i packed = _mm512_maskz_compress_epi8(bits, numbers);
    __m512i start = _mm512_set1_epi32((int)base);
    uint32_t *end = out + __builtin_popcountll(bits);
    __m512i first = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(packed));
    _mm512_storeu_si512(out, _mm512_add_epi32(first, start));
    if (__builtin_expect(end - out <= 16, 1)) {
        return end;
    }
    char rest[JSON_BLOCK];
    _mm512_storeu_si512(rest, packed);
    for (unsigned at = 16; at < JSON_BLOCK; at += 16) {
        __m128i some = _mm_loadu_si128((const __m128i *)(const void *)(rest + at));
        _mm512_storeu_si512(out + at, _mm512_add_epi32(_mm512_cvtepu8_epi32(some), start));
    }
    return end;
}

AVX512 static void build_avx512(JsonIndex *index, Str text)
{
    build(index, text, read_avx512, prefix_xor_clmul, append_avx512);
}

size_t json_indexers(JsonIndexerName out[JSON_INDEXERS])
{
    size_t count = 0;
    out[count++] = (JsonIndexerName){"plain", build_plain};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("pclmul")) {
        out[count++] = (JsonIndexerName){"avx2", build_avx2};
        if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi2")) {
            out[count++] = (JsonIndexerName){"avx512", build_avx512};
        }
    }
    return count;
}

#else

size_t json_indexers(JsonIndexerName out[JSON_INDEXERS])
{
    out[0] = (JsonIndexerName){"plain", build_plain};
    return 1;
}

#endif

JsonIndexer *json_indexer_best(void)
{
    JsonIndexerName known[JSON_INDEXERS];
    return known[json_indexers(known) - 1].build;
}

void json_index_done(JsonIndex *index)
{
    free(index->tokens);
    *index = (JsonIndex){0};
}
