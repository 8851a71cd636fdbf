#!/usr/bin/env python3
"""Prints ntdll/rtl/case_data.h: NT's simple case mapping as ranges, from the Unicode character data.

Run by hand when the rule changes.  The rule, from the published $UpCase tables of NTFS and MSDN (CharUpperW,
RtlUpcaseUnicodeChar): one unit to one unit, and only where upper and lower case are each other's image, so that the
dotless i, the long s and the micro sign stay as they are; the final sigma is the one exception.  Letters younger than
Unicode 6.1 have no case.
"""
import re
import unicodedata

YOUNG = [(0x10D0, 0x10FF), (0x1C80, 0x1CBF), (0x13A0, 0x13FF), (0xAB30, 0xABBF), (0xA794, 0xA79F), (0xA7AB, 0xA7FF),
         (0x037F, 0x037F), (0x03F3, 0x03F3), (0x0526, 0x052F), (0x0282, 0x0282), (0x025C, 0x025C), (0x0261, 0x0261),
         (0x026A, 0x026A), (0x026C, 0x026C), (0x0287, 0x0287), (0x029D, 0x029E), (0x1D8E, 0x1D8E), (0x1D79, 0x1D79)]
KEEP = {0x0526: 1, 0x0527: 1}


def young(c):
    return c not in KEEP and any(a <= c <= b for a, b in YOUNG)


def simple(c, upper):
    s = chr(c)
    r = s.upper() if upper else s.lower()
    if len(r) != 1:
        # The full mapping is longer than one character; the simple one is the title case, if that is one.
        r = s.title() if upper and len(s.title()) == 1 else s
    return ord(r) if ord(r) < 0x10000 else c


def table(upper):
    result = {}
    for c in range(0x80, 0x10000):
        if 0xD800 <= c < 0xE000 or young(c):
            continue
        m = simple(c, upper)
        if m == c or young(m) or m < 0x80:
            continue
        if simple(m, not upper) == c:
            result[c] = m
    if upper:
        result[0x3C2] = 0x3A3
    else:
        result[0x2126] = 0x3C9
        result[0x212A] = 0x6B
        result[0x212B] = 0xE5
        result[0x1C5] = 0x1C6
        result[0x1C8] = 0x1C9
        result[0x1CB] = 0x1CC
        result[0x1F2] = 0x1F3
    return result


def ranges(mapping):
    out = []
    for c in sorted(mapping):
        d = mapping[c] - c
        if out:
            first, last, step, delta = out[-1]
            if delta == d:
                gap = c - last
                if first == last and gap <= 2:
                    out[-1] = (first, c, gap, d)
                    continue
                if gap == step and first != last:
                    out[-1] = (first, c, step, d)
                    continue
        out.append((c, c, 1, d))
    return out


print('/*')
print(' * ntdll/rtl/case_data.h - made by build-aux/gen-case.py from the Unicode character data: first, last, step, delta.')
print(' */')
for name, upper in (('upcase_ranges', True), ('downcase_ranges', False)):
    print(f'static const struct case_range {name}[] = {{')
    line = '\t'
    for r in ranges(table(upper)):
        item = '{0x%04X, 0x%04X, %d, %d}, ' % r
        if len(line) + len(item) > 108:
            print(line.rstrip())
            line = '\t'
        line += item
    print(line.rstrip())
    print('};')
