#!/usr/bin/env python3
"""Our TOML reader against Python's, over texts of our own and thousands of random changes to them.

usage: check_toml.py TOML_PRINT [COUNT]"""
import datetime, json, random, re, subprocess, sys, tomllib

SEEDS = [
    b'a = 1\nb = "x"\n[t]\nc = [1, 2, [3, "y"]]\nd.e.f = true\n[t.u]\ng = 1.5e3\n[[v]]\nh = {i = 1, j.k = "l"}\n[[v]]\n[v.w]\nx = 0x1F\n',
    b'# first\ntitle = \'\'\'\nline one\n  line "two"\n\'\'\'\ntext = """\nfolded \\\n   here\\tand \\u00e9 \\U0001F600"""\r\nq = """"quoted""""\nr = \'\'\'\'it\'s\'\'\'\'\n',
    b'"quoted key" = 1\n\'lit.eral\'.x = 2\nplain-key_1 = +5\n"" = 0\n[ a . "b.c" . d ]\nz = -0\ny = 1_000_000\nw = 0o17\nv = 0b1_0\n',
    b'd1 = 1979-05-27T07:32:00Z\nd2 = 1979-05-27 07:32:00.999-07:00\nd3 = 1979-05-27\nd4 = 07:32:00\n[x]\narr = [\n  1, # one\n  2,\n]\nempty = []\nt = {}\n',
    b'k = "\xe2\x82\xac"\n"\xf0\x9f\x98\x80" = \'\xc3\xa9\' # \xc3\xa9\n[[\'\xc3\xa9\'.b]]\nf = [1.5, -2e-3, {g = +0.1_5}]\nh = """\xc2\xa0\\\n x"""\n',
    b'[a]\nb.c = 1\nb.d = 2\n[a.e]\n[a.b.g]\n[[f.list]]\nn = 1\n[[f.list]]\nn = 2\n[[f.list.sub]]\nm = 3\n[f.tab]\n',
]
WORDS = [b'[', b']', b'[[', b']]', b'{', b'}', b'=', b'.', b',', b'"', b"'", b'"""', b"'''", b'\n', b'\r\n', b'\r', b' ', b'\t',
         b'#', b'a', b'b', b'1', b'0', b'-', b'+', b'_', b'e', b'e5', b'true', b'false', b'inf', b'nan', b'\\', b'\\n', b'\\u0041',
         b'\\uD800', b'\x00', b'\x7f', b'\xc3\xa9', b'\xff', b'0x', b'1.', b'.5', b'a.b = 1', b'[a]', b'[[a]]', b'[a.b]',
         b'1979-05-27', b'07:32:00', b'a = 1\n', b'b = {}\n', b'a.b', b':', b'T', b'Z', b'\xef\xbb\xbf']


def change(text, random):
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        at, end = sorted(random.choices(range(len(text) + 1), k=2))
        kind = random.randrange(5)
        if kind == 0:
            text = text[:at] + random.choice(WORDS) + text[at:]
        elif kind == 1:
            text = text[:at] + text[at + 1:]
        elif kind == 2:
            text = text[:at] + random.choice(WORDS) + text[at + 1:]
        elif kind == 3:
            text = text[:at] + text[end:]
        else:
            text = text[:end] + text[at:end][:40] + text[end:]
    return text


ANY = object()
# toml++ takes these for blanks too where a line goes on after a backslash
ODD_BLANKS = re.compile('\\\\\\s*\n\\s*[\u00a0\u1680\u180e\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]')


class Refused(Exception):
    pass


def plain(value):
    """As JSON would have it; what we refuse by design is told as Refused."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, (datetime.date, datetime.time)):
        return '<date>'
    if isinstance(value, float) and (value != value or abs(value) == float('inf')):
        raise Refused('float')
    if isinstance(value, int) and not isinstance(value, bool) and not -2**63 <= value < 2**63:
        raise Refused
    return value


def python(text):
    try:
        decoded = text.decode()
        if decoded.startswith('\ufeff'):
            decoded = decoded[1:]
        if ODD_BLANKS.search(decoded):
            return ANY
        return plain(tomllib.loads(decoded))
    except Refused as refused:
        # a number too large for a float is no fault in the text
        return ANY if refused.args and b'inf' not in text and b'nan' not in text else None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError, ValueError):
        return None


def undate(ours, theirs):
    """Our dates are text as written: alike where Python saw a date."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return {key: undate(item, theirs.get(key)) for key, item in ours.items()}
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return [undate(a, b) for a, b in zip(ours, theirs)]
    if isinstance(ours, str):
        return '<date>' if theirs == '<date>' else ours.replace('\r\n', '\n')
    return ours


def main():
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 4000
    source = random.Random(7)
    texts = SEEDS + [change(source.choice(SEEDS), source) for _ in range(count)]
    body = b''.join(b'%d\n%s' % (len(text), text) for text in texts)
    lines = subprocess.run([sys.argv[1]], input=body, capture_output=True, check=True).stdout.decode().split('\n')[:-1]
    assert len(lines) == len(texts), (len(lines), len(texts))
    wrong = refused = 0
    for text, line in zip(texts, lines):
        theirs = python(text)
        ours = None if line.startswith('!') else json.loads(line)
        refused += ours is None
        if theirs is not ANY and undate(ours, theirs) != theirs:
            wrong += 1
            if wrong <= 10:
                print('text   ', text, '\nours   ', line, '\ntheirs ', theirs, file=sys.stderr)
    print(f'{len(texts)} texts, {refused} refused by both, {wrong} differ')
    return 1 if wrong or refused in (0, len(texts)) else 0


sys.exit(main())
