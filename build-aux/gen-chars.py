#!/usr/bin/env python3
"""Prints ntdll/rtl/chars_data.h: character types, decompositions and combining classes from the Unicode data.

Run by hand when a rule changes.  GetStringType's bits are MSDN's; which character gets which follows from its general
category and bidirectional class.
"""
import unicodedata as ud

UPPER, LOWER, DIGIT, SPACE, PUNCT, CNTRL, BLANK, XDIGIT, ALPHA, DEFINED = (1 << i for i in range(10))
BIDI = {'L': 1, 'R': 2, 'AL': 2, 'EN': 3, 'ES': 4, 'ET': 5, 'AN': 6, 'CS': 7, 'B': 8, 'S': 9, 'WS': 10, 'ON': 11, 'NSM': 11}


def ctype1(c):
    s = chr(c)
    cat = ud.category(s)
    if c in (9,):
        return CNTRL | SPACE | BLANK | DEFINED
    if 10 <= c <= 13 or c == 0x85:
        return CNTRL | SPACE | DEFINED
    if cat == 'Cn':
        return 0
    if cat == 'Co':
        return ALPHA | DEFINED
    if cat == 'Cs':
        return DEFINED
    t = DEFINED
    if cat in ('Cc', 'Cf'):
        t |= CNTRL
    elif cat == 'Zs':
        t |= SPACE
    elif cat in ('Zl', 'Zp'):
        t |= SPACE
    elif cat == 'Lu':
        t |= UPPER | ALPHA
    elif cat == 'Ll':
        t |= LOWER | ALPHA
    elif cat == 'Lt':
        t |= UPPER | LOWER | ALPHA
    elif cat in ('Lm', 'Lo', 'Nl'):
        t |= ALPHA
    elif cat == 'Nd':
        t |= DIGIT
    elif cat[0] in 'PS':
        t |= PUNCT
    elif cat == 'No':
        t |= DIGIT | PUNCT if c in (0xB2, 0xB3, 0xB9) else PUNCT
    if 0x41 <= c <= 0x46 or 0x61 <= c <= 0x66 or 0x30 <= c <= 0x39:
        t |= XDIGIT
    # Not every space is a blank, and one blank is none of the spaces.
    if c in (0x20, 0xA0, 0x3000, 0xFEFF):
        t |= BLANK
    return t


def ctype2(c):
    if c in (0x0B, 0x1F):
        return 9
    if ud.category(chr(c)) == 'Cn':
        return 0
    b = ud.bidirectional(chr(c))
    return BIDI.get(b, 0)


def ctype3(c):
    s = chr(c)
    cat = ud.category(s)
    if cat == 'Cn':
        return 0
    t = 0
    name = ud.name(s, '')
    if cat in ('Mn', 'Me'):
        t |= 1
        if 'VOWEL' in name:
            t |= 4
        else:
            t |= 2
    if cat[0] == 'S' or cat[0] == 'P':
        t |= 8
    if cat[0] == 'L':
        t |= 0x8000
    if name.startswith('KATAKANA') or name.startswith('HALFWIDTH KATAKANA'):
        t |= 0x10
    if name.startswith('HIRAGANA'):
        t |= 0x20
    if name.startswith('HALFWIDTH') or 0x20 <= c <= 0x7E:
        t |= 0x40
    if name.startswith('FULLWIDTH') or (ud.east_asian_width(s) in 'WF' and cat != 'Cn'):
        t |= 0x80
    if name.startswith('CJK UNIFIED') or name.startswith('CJK COMPAT') and cat == 'Lo':
        t |= 0x100
    if c == 0x640:
        t |= 0x200
    if c in (0x27, 0x2D, 0xAD, 0x2010, 0x2011, 0x2019, 0x5F):
        t |= 0x400
    if c in (0x5E, 0x60, 0xA8, 0xAF, 0xB4, 0xB8):
        t |= 2
    return t


def ranges(values):
    """(first, last, value, other): `value` at even distance from first, `other` at odd."""
    out = []
    c = 0
    n = len(values)
    while c < n:
        a = values[c]
        if c + 1 < n:
            b = values[c + 1]
        else:
            b = a
        e = c
        while e + 1 < n and values[e + 1] == (a if (e + 1 - c) % 2 == 0 else b):
            e += 1
        if a != b and e - c < 3:
            b = a
            e = c
            while e + 1 < n and values[e + 1] == a:
                e += 1
        elif a != b:
            # leave a last one that starts a longer run to that run
            while e + 1 < n and e > c and values[e + 1] == values[e]:
                e -= 1
            if e == c:
                b = a
        out.append((c, e, a, b))
        c = e + 1
    return out


combos = []
index = {}
vals = []
for c in range(0x10000):
    t = (ctype1(c), ctype2(c), ctype3(c))
    if t not in index:
        index[t] = len(combos)
        combos.append(t)
    vals.append(index[t])
rs = ranges(vals)
assert len(combos) < 256
print('/*')
print(' * ntdll/rtl/chars_data.h - made by build-aux/gen-chars.py from the Unicode character data.')
print(' */')


def emit(head, items, width=108):
    print(head)
    line = '\t'
    for item in items:
        if len(line.expandtabs()) + len(item) > width:
            print(line.rstrip())
            line = '\t'
        line += item + ' '
    print(line.rstrip())
    print('};')


emit('static const struct char_types char_types[] = {', ['{0x%03X, %d, 0x%04X},' % t for t in combos])
emit('static const struct type_range type_ranges[] = {', ['{0x%04X, %d, %d},' % (r[0], r[2], r[3]) for r in rs])

dec = []
for c in range(0x10000):
    if 0xAC00 <= c <= 0xD7A3:
        continue
    d = ud.decomposition(chr(c))
    if d and d[0] != '<':
        p = [int(x, 16) for x in d.split()]
        dec.append((c, p[0], p[1] if len(p) > 1 else 0))
excluded = {c for c, a, b in dec if b and ud.normalize('NFC', chr(a) + chr(b)) != chr(c)}
emit('static const uint16_t decompositions[][3] = {', ['{0x%04X, 0x%04X, 0x%04X},' % d for d in dec if d[1] < 0x10000])
comp = sorted((a, b, c) for c, a, b in dec if b and c not in excluded)
emit('static const uint16_t compositions[][3] = {', ['{0x%04X, 0x%04X, 0x%04X},' % d for d in comp])
cc = []
for c in range(0x10000):
    k = ud.combining(chr(c))
    if k:
        if cc and cc[-1][1] == c - 1 and cc[-1][2] == k:
            cc[-1] = (cc[-1][0], c, k)
        else:
            cc.append((c, c, k))
emit('static const struct class_range class_ranges[] = {', ['{0x%04X, 0x%04X, %d},' % r for r in cc])

# Compatibility decompositions, whole (recursive): code, then how many units of compatibility_units from where.
blob = []
where = {}
rows = []
for c in range(0x10000):
    d = ud.decomposition(chr(c))
    if not d or d[0] != '<':
        continue
    text = [ord(x) for x in ud.normalize('NFKD', chr(c))]
    if max(text) > 0xFFFF:
        continue
    key = tuple(text)
    if key not in where:
        where[key] = len(blob)
        blob += text
    rows.append((c, where[key], len(text)))
emit('static const uint16_t compatibility_units[] = {', ['0x%04X,' % u for u in blob])
emit('static const struct compatibility compatibility_rows[] = {', ['{0x%04X, %d, %d},' % r for r in rows])
