/*
 * dlls/crt/mbctype.c - the multibyte code page: _setmbcp and the classes of single bytes.
 *
 * It is a thing of its own beside the locale's code page (MSDN "_setmbcp"): at start it is the system's ANSI code page.
 * Tables are built once for each code page and never freed.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/mbctype.h"
#include "dlls/crt/winapi.h"
#include "ntdll/rtl/crt.h"

struct known {
	struct known *next;
	struct crt_multibyte multibyte;
};

static struct known *known;
static struct crt_multibyte single = {.references = 1};
struct crt_multibyte *crt_process_multibyte = &single;

static bool is_trail(UINT code_page, BYTE c)
{
	switch (code_page) {
	case 932:
		return (c >= 0x40 && c <= 0x7E) || (c >= 0x80 && c <= 0xFC);
	case 936:
		return c >= 0x40 && c <= 0xFE;
	case 949:
		return c >= 0x41 && c <= 0xFE;
	case 950:
		return (c >= 0x40 && c <= 0x7E) || (c >= 0xA1 && c <= 0xFE);
	case 1361:
		return (c >= 0x31 && c <= 0x7E) || (c >= 0x81 && c <= 0xFE);
	default:
		return false;
	}
}

/* The runtime has its own idea of Johab: kernel32 has no characters behind some of these. */
static bool is_lead(UINT code_page, BYTE c)
{
	if (code_page == 1361)
		return (c >= 0x81 && c <= 0xD3) || (c >= 0xD8 && c <= 0xDE) || (c >= 0xE0 && c <= 0xF9);
	return crt_code_page_lead(code_page, c);
}

/* What each single byte stands for, 0 = nothing; and the byte of a character, 0 = none. */
static void learn_units(UINT code_page, WCHAR units[256])
{
	for (UINT c = 0; c < 256; c++) {
		char byte = (char)c;

		if (is_lead(code_page, (BYTE)c) || MultiByteToWideChar(code_page, MB_ERR_INVALID_CHARS, &byte, 1, &units[c], 1) != 1)
			units[c] = 0;
	}
}

static BYTE byte_of(const WCHAR units[256], WCHAR unit)
{
	for (UINT c = 1; c < 256; c++)
		if (units[c] == unit)
			return (BYTE)c;
	return 0;
}

static void fill(struct crt_multibyte *m, UINT code_page)
{
	bool has_letters = code_page != 0 && code_page != CP_UTF8;
	WCHAR units[256];
	UINT c;

	if (has_letters)
		learn_units(code_page, units);
	rtl_memset(m, 0, sizeof(*m));
	m->code_page = (INT)code_page;
	m->is_dbcs = crt_code_page_lead(code_page, 0x90);
	for (c = 0; c < 256; c++) {
		BYTE class = 0;
		BYTE other;

		if (is_lead(code_page, (BYTE)c))
			class |= CRT_M1;
		if (is_trail(code_page, (BYTE)c))
			class |= CRT_M2;
		if (code_page == 932 && c >= 0xA1 && c <= 0xDF)
			class |= c <= 0xA5 ? CRT_MP : CRT_MS;
		if (c - 'A' < 26) {
			class |= CRT_SBUP;
			m->casemap[c] = (BYTE)(c | 0x20);
		} else if (c - 'a' < 26) {
			class |= CRT_SBLOW;
			m->casemap[c] = (BYTE)(c & ~0x20u);
		} else if (c >= 128 && has_letters && units[c] != 0) {
			WCHAR up = rtl_upcase(units[c]), down = rtl_downcase(units[c]), swapped = up != units[c] ? up : down;

			other = swapped != units[c] ? byte_of(units, swapped) : 0;
			if (other != 0) {
				class |= swapped == down ? CRT_SBUP : CRT_SBLOW;
				m->casemap[c] = other;
			}
		}
		m->ctype[c + 1] = class;
	}
}

struct crt_multibyte *crt_multibyte_for(UINT code_page)
{
	struct known *k;

	crt_lock(CRT_LOCK_MULTIBYTE);
	for (k = known; k != NULL && k->multibyte.code_page != (INT)code_page; k = k->next)
		;
	if (k == NULL) {
		k = crt_heap_allocate(sizeof(*k));
		if (k != NULL) {
			fill(&k->multibyte, code_page);
			k->next = known;
			known = k;
		}
	}
	crt_unlock(CRT_LOCK_MULTIBYTE);
	return k != NULL ? &k->multibyte : &single;
}

static void publish(struct crt_variables *v)
{
	rtl_memcpy(v->mbctype, crt_process_multibyte->ctype, sizeof(v->mbctype));
	rtl_memcpy(v->mbcasemap, crt_process_multibyte->casemap, sizeof(v->mbcasemap));
}

void crt_multibyte_attach(struct crt_variables *variables)
{
	if (crt_process_multibyte == &single)
		crt_process_multibyte = crt_multibyte_for(GetACP());
	publish(variables);
}

CRT(INT, _setmbcp, (INT code_page))
{
	UINT wanted = (UINT)code_page;
	int i;

	switch (code_page) {
	case -2:
		wanted = GetOEMCP();
		break;
	case -3:
		wanted = GetACP();
		break;
	case -4:
		wanted = crt_locale(NULL)->code_page;
		break;
	}
	if (wanted != 0 && (wanted == 65000 || !IsValidCodePage(wanted))) {
		crt_self.error = CRT_EINVAL;
		return -1;
	}
	crt_process_multibyte = crt_multibyte_for(wanted);
	for (i = 0; i < CRT_FLAVOUR_COUNT; i++)
		if (crt_variables_of[i] != NULL)
			publish(crt_variables_of[i]);
	return 0;
}

CRT(INT, _getmbcp, (void))
{
	return crt_process_multibyte->is_dbcs ? crt_process_multibyte->code_page : 0;
}

CRT_UCRT(BYTE *, __p__mbctype, (void))
{
	return crt_process_multibyte->ctype;
}

CRT_UCRT(BYTE *, __p__mbcasemap, (void))
{
	return crt_process_multibyte->casemap;
}

/* c's classes in the locale's ctype table (`mask`) or in the multibyte table (`mb_mask`). */
static INT has(UINT c, INT mask, BYTE mb_mask, crt_locale_t l)
{
	const struct crt_multibyte *m = crt_multibyte(l);
	BYTE b = (BYTE)c;

	return (m->ctype[b + 1] & mb_mask) != 0 || (mask != 0 && (crt_locale(l)->pctype[b] & mask) != 0);
}

CRT_L(INT, _ismbbalnum, (c, NULL), UINT c)
{
	return has(c, CRT_ALPHA | CRT_DIGIT, CRT_MS, locale);
}

CRT_L(INT, _ismbbalpha, (c, NULL), UINT c)
{
	return has(c, CRT_ALPHA, CRT_MS, locale);
}

CRT_L(INT, _ismbbgraph, (c, NULL), UINT c)
{
	return has(c, CRT_PUNCT | CRT_ALPHA | CRT_DIGIT, CRT_MS | CRT_MP, locale);
}

CRT_L(INT, _ismbbprint, (c, NULL), UINT c)
{
	return has(c, CRT_BLANK | CRT_PUNCT | CRT_ALPHA | CRT_DIGIT, CRT_MS | CRT_MP, locale);
}

CRT_L(INT, _ismbbpunct, (c, NULL), UINT c)
{
	return has(c, CRT_PUNCT, CRT_MP, locale);
}

CRT_L(INT, _ismbbkalnum, (c, NULL), UINT c)
{
	return has(c, 0, CRT_MS, locale);
}

CRT_L(INT, _ismbbkprint, (c, NULL), UINT c)
{
	return has(c, 0, CRT_MS | CRT_MP, locale);
}

CRT_L(INT, _ismbbkpunct, (c, NULL), UINT c)
{
	return has(c, 0, CRT_MP, locale);
}

CRT_L(INT, _ismbbkana, (c, NULL), UINT c)
{
	return crt_multibyte(locale)->code_page == 932 && has(c, 0, CRT_MS | CRT_MP, locale);
}

CRT_L(INT, _ismbblead, (c, NULL), UINT c)
{
	return has(c, 0, CRT_M1, locale);
}

CRT_L(INT, _ismbbtrail, (c, NULL), UINT c)
{
	return has(c, 0, CRT_M2, locale);
}

CRT_UCRT(INT, _ismbbblank_l, (UINT c, crt_locale_t locale))
{
	return (BYTE)c == '\t' || has(c, CRT_BLANK, 0, locale);
}

CRT_UCRT(INT, _ismbbblank, (UINT c))
{
	return crt__ismbbblank_l(c, NULL);
}

/* _MBC_SINGLE 0, _MBC_LEAD 1, _MBC_TRAIL 2, _MBC_ILLEGAL -1. */
CRT_L(INT, _mbbtype, (c, type, NULL), BYTE c, INT type)
{
	const struct crt_multibyte *m = crt_multibyte(locale);

	if (type == 1)
		return m->ctype[c + 1] & CRT_M2 ? 2 : -1;
	if (m->ctype[c + 1] & CRT_M1)
		return 1;
	return has(c, CRT_BLANK | CRT_PUNCT | CRT_ALPHA | CRT_DIGIT, CRT_MS | CRT_MP, locale) ? 0 : -1;
}

/* The type of the byte at `offset`. */
CRT_L(INT, _mbsbtype, (string, offset, NULL), const BYTE *string, size_t offset)
{
	INT type = 0;

	CRT_VALIDATE(string != NULL, EINVAL, -1);
	if (!crt_multibyte(locale)->is_dbcs)
		return 0;
	do {
		if (*string == 0)
			return -1;
		type = crt__mbbtype_l(*string++, type, locale);
	} while (offset-- != 0);
	return type;
}

/* Whether `at` lies on a lead or a trail byte of the string. */
static INT place(const BYTE *string, const BYTE *at, crt_locale_t locale)
{
	const struct crt_multibyte *m = crt_multibyte(locale);

	if (!m->is_dbcs)
		return 0;
	while (string <= at && *string != 0) {
		if (m->ctype[*string + 1] & CRT_M1) {
			if (string++ == at)
				return 1;
			/* The terminator behind half a character is its other half. */
			if (string == at)
				return 2;
			if (*string == 0)
				return 0;
		}
		string++;
	}
	return 0;
}

CRT_L(INT, _ismbslead, (string, at, NULL), const BYTE *string, const BYTE *at)
{
	CRT_VALIDATE(string != NULL && at != NULL, EINVAL, 0);
	return place(string, at, locale) == 1 ? -1 : 0;
}

CRT_L(INT, _ismbstrail, (string, at, NULL), const BYTE *string, const BYTE *at)
{
	CRT_VALIDATE(string != NULL && at != NULL, EINVAL, 0);
	return place(string, at, locale) == 2 ? -1 : 0;
}
