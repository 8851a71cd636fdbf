/*
 * kernel32/winnls.c - code pages of winnls.h: which there are, what they are called.
 */
#include "kernel32/kernel32.h"
#include "kernel32/nls.h"
#include "ntdll/rtl/nls.h"

#include <stdio.h>
#include <string.h>

#define MAX_DEFAULTCHAR 2
#define MAX_LEADBYTES 12

typedef struct _cpinfo {
	UINT MaxCharSize;
	BYTE DefaultChar[MAX_DEFAULTCHAR];
	BYTE LeadByte[MAX_LEADBYTES];
} CPINFO, *LPCPINFO;

typedef struct _cpinfoexW {
	UINT MaxCharSize;
	BYTE DefaultChar[MAX_DEFAULTCHAR];
	BYTE LeadByte[MAX_LEADBYTES];
	WCHAR UnicodeDefaultChar;
	UINT CodePage;
	WCHAR CodePageName[MAX_PATH];
} CPINFOEXW, *LPCPINFOEXW;

typedef struct _cpinfoexA {
	UINT MaxCharSize;
	BYTE DefaultChar[MAX_DEFAULTCHAR];
	BYTE LeadByte[MAX_LEADBYTES];
	WCHAR UnicodeDefaultChar;
	UINT CodePage;
	CHAR CodePageName[MAX_PATH];
} CPINFOEXA, *LPCPINFOEXA;

EXPORT(kernel32, UINT, GetACP, (void))
{
	return NLS_ACP;
}

EXPORT(kernel32, UINT, GetOEMCP, (void))
{
	return NLS_OEMCP;
}

EXPORT(kernel32, BOOL, IsValidCodePage, (UINT codepage))
{
	/* The symbolic numbers 0..3 are not valid here; 1200 and 1201 are for managed code only (MSDN). */
	return codepage > 3 && nls_valid_codepage(codepage);
}

EXPORT(kernel32, BOOL, IsDBCSLeadByteEx, (UINT codepage, BYTE byte))
{
	return nls_is_lead_byte(nls_thread_codepage(codepage), byte);
}

EXPORT(kernel32, BOOL, IsDBCSLeadByte, (BYTE byte))
{
	return nls_is_lead_byte(NLS_ACP, byte);
}

static BOOL fill_info(UINT codepage, LPCPINFO info)
{
	const struct nls_table *table;

	codepage = nls_thread_codepage(codepage);
	if (!info || !nls_valid_codepage(codepage)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	memset(info, 0, sizeof(*info));
	info->MaxCharSize = nls_max_char_size(codepage);
	info->DefaultChar[0] = '?';
	if (codepage == NLS_UTF8 || codepage == NLS_UTF7)
		return TRUE;
	table = nls_table(codepage);
	if (!table) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	info->DefaultChar[0] = (BYTE)table->default_char;
	memcpy(info->LeadByte, table->lead_ranges, sizeof(info->LeadByte));
	return TRUE;
}

EXPORT(kernel32, BOOL, GetCPInfo, (UINT codepage, LPCPINFO info))
{
	return fill_info(codepage, info);
}

/* The names that Windows gives its code pages. */
static const char *codepage_name(UINT codepage)
{
	static const struct {
		UINT codepage;
		const char *name;
	} names[] = {
		{37, "IBM EBCDIC - U.S./Canada"},
		{437, "OEM - United States"},
		{500, "IBM EBCDIC - International"},
		{737, "OEM - Greek 437G"},
		{775, "OEM - Baltic"},
		{850, "OEM - Multilingual Latin I"},
		{852, "OEM - Latin II"},
		{855, "OEM - Cyrillic"},
		{857, "OEM - Turkish"},
		{858, "OEM - Multilingual Latin I + Euro"},
		{860, "OEM - Portuguese"},
		{861, "OEM - Icelandic"},
		{862, "OEM - Hebrew"},
		{863, "OEM - Canadian French"},
		{864, "OEM - Arabic"},
		{865, "OEM - Nordic"},
		{866, "OEM - Russian"},
		{869, "OEM - Modern Greek"},
		{874, "ANSI/OEM - Thai"},
		{932, "ANSI/OEM - Japanese Shift-JIS"},
		{936, "ANSI/OEM - Simplified Chinese GBK"},
		{949, "ANSI/OEM - Korean"},
		{950, "ANSI/OEM - Traditional Chinese Big5"},
		{1250, "ANSI - Central Europe"},
		{1251, "ANSI - Cyrillic"},
		{1252, "ANSI - Latin I"},
		{1253, "ANSI - Greek"},
		{1254, "ANSI - Turkish"},
		{1255, "ANSI - Hebrew"},
		{1256, "ANSI - Arabic"},
		{1257, "ANSI - Baltic"},
		{1258, "ANSI/OEM - Viet Nam"},
		{1361, "Korean - Johab"},
		{10000, "MAC - Roman"},
		{10007, "MAC - Cyrillic"},
		{20127, "US-ASCII"},
		{20866, "Russian - KOI8"},
		{21866, "Ukrainian - KOI8-U"},
		{28591, "ISO 8859-1 Latin I"},
		{28592, "ISO 8859-2 Central Europe"},
		{28593, "ISO 8859-3 Latin 3"},
		{28594, "ISO 8859-4 Baltic"},
		{28595, "ISO 8859-5 Cyrillic"},
		{28596, "ISO 8859-6 Arabic"},
		{28597, "ISO 8859-7 Greek"},
		{28598, "ISO 8859-8 Hebrew: Visual Ordering"},
		{28599, "ISO 8859-9 Latin 5"},
		{28603, "ISO 8859-13 Latin 7"},
		{28605, "ISO 8859-15 Latin 9"},
		{65000, "UTF-7"},
		{65001, "UTF-8"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].codepage == codepage)
			return names[i].name;
	}
	return "";
}

static BOOL fill_info_ex(UINT codepage, CPINFO *info, char16_t *unicode_default, char name[MAX_PATH])
{
	const struct nls_table *table;

	if (!fill_info(codepage, info))
		return FALSE;
	table = nls_table(codepage);
	*unicode_default = table ? table->unicode_default : 0xFFFD;
	snprintf(name, MAX_PATH, "%-5u (%s)", codepage, codepage_name(codepage));
	return TRUE;
}

EXPORT(kernel32, BOOL, GetCPInfoExW, (UINT codepage, DWORD flags, LPCPINFOEXW info))
{
	CPINFO basic;
	char name[MAX_PATH];

	if (!info || flags) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	codepage = nls_thread_codepage(codepage);
	if (!fill_info_ex(codepage, &basic, &info->UnicodeDefaultChar, name))
		return FALSE;
	memcpy(info, &basic, offsetof(CPINFOEXW, UnicodeDefaultChar));
	info->CodePage = codepage;
	for (size_t i = 0; i < MAX_PATH; i++) {
		info->CodePageName[i] = (uint8_t)name[i];
		if (!name[i])
			break;
	}
	return TRUE;
}

EXPORT(kernel32, BOOL, GetCPInfoExA, (UINT codepage, DWORD flags, LPCPINFOEXA info))
{
	CPINFO basic;

	if (!info || flags) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	codepage = nls_thread_codepage(codepage);
	if (!fill_info_ex(codepage, &basic, &info->UnicodeDefaultChar, info->CodePageName))
		return FALSE;
	memcpy(info, &basic, offsetof(CPINFOEXW, UnicodeDefaultChar));
	info->CodePage = codepage;
	return TRUE;
}

