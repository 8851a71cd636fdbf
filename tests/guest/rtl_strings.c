/* rtl_strings - ntdll's counted strings, and small helpers next to them (winternl.h, and published tests). */
#include "guest.h"
#include <winternl.h>

#define DUPLICATE_FAILS ((NTSTATUS)0xC000000D)
#define TOO_SMALL ((NTSTATUS)0xC0000023)
#define NOT_FOUND ((NTSTATUS)0xC0000225)

#define ENTRY(result, name, ...) static result(WINAPI *p##name)(__VA_ARGS__)
ENTRY(NTSTATUS, RtlDuplicateUnicodeString, ULONG, const UNICODE_STRING *, UNICODE_STRING *);
ENTRY(NTSTATUS, RtlUnicodeStringToAnsiString, STRING *, const UNICODE_STRING *, BOOLEAN);
ENTRY(NTSTATUS, RtlFindCharInUnicodeString, ULONG, const UNICODE_STRING *, const UNICODE_STRING *, USHORT *);
ENTRY(NTSTATUS, RtlAppendAsciizToString, STRING *, const char *);
ENTRY(NTSTATUS, RtlAppendStringToString, STRING *, const STRING *);
ENTRY(char, RtlUpperChar, char);
ENTRY(DWORD, RtlComputeCrc32, DWORD, const void *, int);
ENTRY(BOOLEAN, RtlAreAllAccessesGranted, DWORD, DWORD);
ENTRY(BOOLEAN, RtlAreAnyAccessesGranted, DWORD, DWORD);
ENTRY(void, RtlMapGenericMask, DWORD *, const GENERIC_MAPPING *);
ENTRY(NTSTATUS, RtlDeleteTimer, HANDLE, HANDLE, HANDLE);
ENTRY(void *, LdrProcessRelocationBlock, void *, ULONG, USHORT *, LONG_PTR);
ENTRY(NTSTATUS, RtlQueryEnvironmentVariable, WCHAR *, const WCHAR *, SIZE_T, WCHAR *, SIZE_T, SIZE_T *);

struct bitmap {
	ULONG size, *bits;
};

struct bits {
	ULONG start, count;
};

ENTRY(ULONG, RtlFindSetRuns, struct bitmap *, struct bits *, ULONG, BOOLEAN);
ENTRY(ULONG, RtlFindLongestRunSet, struct bitmap *, ULONG *);

ENTRY(NTSTATUS, RtlIntegerToChar, ULONG, ULONG, ULONG, char *);
ENTRY(NTSTATUS, RtlLargeIntegerToChar, ULONGLONG *, ULONG, ULONG, char *);
ENTRY(NTSTATUS, RtlInt64ToUnicodeString, ULONGLONG, ULONG, UNICODE_STRING *);
ENTRY(LONGLONG, RtlExtendedMagicDivide, LONGLONG, ULONGLONG, char);

static BOOL find_entries(void)
{
	HMODULE ntdll = GetModuleHandleA("ntdll");

#define FIND(name) ((p##name = (void *)GetProcAddress(ntdll, #name)) != NULL)
	return FIND(RtlDuplicateUnicodeString) && FIND(RtlUnicodeStringToAnsiString) &&
	       FIND(RtlFindCharInUnicodeString) && FIND(RtlAppendAsciizToString) && FIND(RtlAppendStringToString) &&
	       FIND(RtlUpperChar) && FIND(RtlComputeCrc32) && FIND(RtlAreAllAccessesGranted) &&
	       FIND(RtlAreAnyAccessesGranted) && FIND(RtlMapGenericMask) && FIND(RtlDeleteTimer) &&
	       FIND(LdrProcessRelocationBlock) && FIND(RtlFindSetRuns) && FIND(RtlFindLongestRunSet) &&
	       FIND(RtlIntegerToChar) && FIND(RtlLargeIntegerToChar) && FIND(RtlInt64ToUnicodeString) &&
	       FIND(RtlExtendedMagicDivide) && FIND(RtlQueryEnvironmentVariable);
}

static UNICODE_STRING counted(const WCHAR *text)
{
	UNICODE_STRING string;

	RtlInitUnicodeString(&string, text);
	return string;
}

/* A string of no length is none, but one that claims room must have it. */
static void duplicates(void)
{
	static const struct {
		ULONG flags;
		USHORT length, maximum;
		const WCHAR *buffer;
		NTSTATUS status;
		USHORT copied, room;
	} rows[] = {
		{3, 6, 8, L"abc", 0, 6, 8},
		{1, 6, 6, L"abc", 0, 6, 8},
		{0, 6, 8, L"abc", 0, 6, 6},
		{0, 6, 4, L"abc", DUPLICATE_FAILS},
		{2, 6, 8, L"abc", DUPLICATE_FAILS},
		{4, 6, 8, L"abc", DUPLICATE_FAILS},
		{0, 0, 2, L"", 0, 0, 0},
		{1, 0, 0, NULL, 0, 0, 0},
		{1, 0, 2, NULL, DUPLICATE_FAILS},
		{3, 0, 2, L"", 0, 0, 2},
		{3, 0, 0, NULL, 0, 0, 2},
		{3, 0, 2, NULL, DUPLICATE_FAILS},
	};

	for (int i = 0; i < (int)(sizeof(rows) / sizeof(*rows)); i++) {
		UNICODE_STRING from = {rows[i].length, rows[i].maximum, (WCHAR *)rows[i].buffer}, to = {7, 9, NULL};

		sprintf(guest_row, "duplicate %d", i);
		CHECK_EQUAL(pRtlDuplicateUnicodeString(rows[i].flags, &from, &to), rows[i].status);
		CHECK_EQUAL(to.Length, rows[i].status ? 7 : rows[i].copied);
		CHECK_EQUAL(to.MaximumLength, rows[i].status ? 9 : rows[i].room);
		CHECK((to.Buffer != NULL) == (rows[i].room != 0));
	}
	*guest_row = 0;
}

static void narrowed(void)
{
	UNICODE_STRING from = counted(L"seven");

	for (USHORT room = 0; room <= 6; room++) {
		char buffer[8] = "-------";
		STRING to = {3, room, buffer};

		sprintf(guest_row, "room %d", room);
		CHECK_EQUAL(pRtlUnicodeStringToAnsiString(&to, &from, FALSE), room < 6 ? (NTSTATUS)0x80000005 : 0);
		/* What fits before the end; without room for that, the whole. */
		CHECK_EQUAL(to.Length, room ? room - 1 : 5);
		CHECK(!memcmp(buffer, "seven", room ? room - 1u : 0) && buffer[room] == '-');
		if (room)
			CHECK_EQUAL(buffer[room - 1], 0);
	}
	*guest_row = 0;
	for (int c = 0; c < 256; c++)
		CHECK_EQUAL((BYTE)pRtlUpperChar((char)c), c >= 'a' && c <= 'z' ? c - 32 : c);
}

static void appended(void)
{
	char buffer[16] = "one1112345";
	STRING to = {3, 6, buffer}, three = {3, 3, "two"}, one = {1, 1, "!"};

	CHECK_EQUAL(pRtlAppendAsciizToString(&to, NULL), 0);
	CHECK_EQUAL(pRtlAppendStringToString(&to, &three), 0);
	CHECK_EQUAL(to.Length, 6);
	CHECK(!memcmp(buffer, "onetwo2345", 10));
	CHECK_EQUAL(pRtlAppendStringToString(&to, &one), TOO_SMALL);
	CHECK_EQUAL(pRtlAppendAsciizToString(&to, "!"), TOO_SMALL);
	to.Length = 4;
	CHECK_EQUAL(pRtlAppendAsciizToString(&to, "XY"), 0);
	CHECK_EQUAL(to.Length, 6);
	CHECK(!memcmp(buffer, "onetXY", 6));
}

static void found(void)
{
	static const struct {
		ULONG flags;
		const WCHAR *text, *set;
		NTSTATUS status;
		USHORT position;
	} rows[] = {
		{0, L"left and right", L"dn", 0, 14},
		{1, L"left and right", L"dn", 0, 14},
		{2, L"left and right", L"elf", 0, 8},
		{3, L"left and right", L"thg", 0, 20},
		{0, L"abc", L"xyz", NOT_FOUND, 0},
		{2, L"abab", L"ab", NOT_FOUND, 0},
		{0, L"abc", L"B", NOT_FOUND, 0},
		{4, L"abc", L"B", 0, 4},
		{2, L"abc", L"", 0, 2},
		{3, L"abc", L"", 0, 4},
		{0, L"", L"a", NOT_FOUND, 0},
	};

	for (int i = 0; i < (int)(sizeof(rows) / sizeof(*rows)); i++) {
		UNICODE_STRING text = counted(rows[i].text), set = counted(rows[i].set);
		USHORT position = 77;

		sprintf(guest_row, "find %d", i);
		CHECK_EQUAL(pRtlFindCharInUnicodeString(rows[i].flags, &text, &set, &position), rows[i].status);
		CHECK_EQUAL(position, rows[i].position);
	}
	*guest_row = 0;
}

/* The length alone where it fits, with the end where it does not. */
static void variables(void)
{
	WCHAR block[] = L"one=1234\0empty=\0", value[8];
	SIZE_T length = 99;

	CHECK_EQUAL(pRtlQueryEnvironmentVariable(block, L"ONE", 3, value, 5, &length), 0);
	CHECK_EQUAL(length, 4);
	CHECK(!lstrcmpW(value, L"1234"));
	for (SIZE_T room = 0; room < 5; room++) {
		CHECK_EQUAL(pRtlQueryEnvironmentVariable(block, L"one and more", 3, value, room, &length), TOO_SMALL);
		CHECK_EQUAL(length, 5);
	}
	CHECK_EQUAL(pRtlQueryEnvironmentVariable(block, L"empty", 5, value, 1, &length), 0);
	CHECK_EQUAL(length, 0);
	CHECK_EQUAL(pRtlQueryEnvironmentVariable(block, L"on", 2, value, 5, &length), (NTSTATUS)0xC0000100);
}

static void helpers(void)
{
	const GENERIC_MAPPING mapping = {1, 2, 4, 15};
	USHORT entries[] = {3 << 12 | 4, 10 << 12 | 8, 1 << 12, 2 << 12 | 2, 0};
	BYTE page[16] = {0};
	DWORD access = GENERIC_READ | GENERIC_EXECUTE | SYNCHRONIZE;

	CHECK_EQUAL(pRtlComputeCrc32(0, "123456789", 9), 0xCBF43926);
	CHECK_EQUAL(pRtlComputeCrc32(pRtlComputeCrc32(0, "1234", 4), "56789", 5), 0xCBF43926);
	CHECK(pRtlAreAllAccessesGranted(3, 1) && pRtlAreAllAccessesGranted(0, 0) && !pRtlAreAllAccessesGranted(1, 3));
	CHECK(pRtlAreAnyAccessesGranted(1, 3) && !pRtlAreAnyAccessesGranted(0, 0) && !pRtlAreAnyAccessesGranted(4, 3));
	pRtlMapGenericMask(&access, &mapping);
	CHECK_EQUAL(access, SYNCHRONIZE | 5);
	CHECK_EQUAL(pRtlDeleteTimer(NULL, NULL, NULL), (NTSTATUS)0xC00000EF);
	CHECK(pLdrProcessRelocationBlock(page, 5, entries, 0x12345000006) == entries + 5);
	CHECK_EQUAL(*(USHORT *)page, 0x4500);
	CHECK_EQUAL(*(USHORT *)(page + 2), 6);
	CHECK_EQUAL(*(DWORD *)(page + 4), 0x45000006);
	CHECK_EQUAL(*(ULONGLONG *)(page + 8), 0x12345000006);
}

static void runs_of_bits(void)
{
	ULONG words[] = {0x00000FF0, 0xF0000000, 0x0000000F}, start = 99;
	struct bitmap map = {80, words}, empty = {32, &(ULONG){0}};
	struct bits found[2];

	CHECK_EQUAL(pRtlFindSetRuns(&map, found, 2, FALSE), 2);
	CHECK(found[0].start == 4 && found[0].count == 8 && found[1].start == 60 && found[1].count == 8);
	words[2] = 0x101F;
	CHECK_EQUAL(pRtlFindSetRuns(&map, found, 1, TRUE), 1);
	CHECK(found[0].start == 60 && found[0].count == 9);
	CHECK_EQUAL(pRtlFindLongestRunSet(&map, &start), 9);
	CHECK_EQUAL(start, 60);
	CHECK_EQUAL(pRtlFindSetRuns(&empty, found, 2, TRUE), 0);
	CHECK_EQUAL(pRtlFindLongestRunSet(&empty, &start), 0);
}

static void numbers(void)
{
	ULONGLONG large = 9876543210;
	char text[16] = "---------------";
	WCHAR wide[12] = L"-----------";
	UNICODE_STRING string = {4, 18, wide};

	CHECK_EQUAL(pRtlLargeIntegerToChar(&large, 10, 10, text), 0);
	CHECK(!memcmp(text, "9876543210---", 13));
	CHECK_EQUAL(pRtlLargeIntegerToChar(&large, 0, 11, text), 0);
	CHECK(!memcmp(text, "9876543210\0--", 13));
	CHECK_EQUAL(pRtlLargeIntegerToChar(&large, 10, 9, NULL), (NTSTATUS)0x80000005);
	CHECK_EQUAL(pRtlLargeIntegerToChar(&large, 20, 0, NULL), (NTSTATUS)0xC000000D);
	CHECK_EQUAL(pRtlLargeIntegerToChar(&large, 10, 11, NULL), (NTSTATUS)0xC0000005);
	CHECK_EQUAL(pRtlIntegerToChar(7, 2, 9, NULL), (NTSTATUS)0xC0000005);
	/* Where there is no room only the length is told. */
	CHECK_EQUAL(pRtlInt64ToUnicodeString(large, 10, &string), (NTSTATUS)0x80000005);
	CHECK_EQUAL(string.Length, 20);
	CHECK(*wide == '-');
	string.MaximumLength = 20;
	CHECK_EQUAL(pRtlInt64ToUnicodeString(large, 10, &string), 0);
	CHECK(!memcmp(wide, L"9876543210-", 22));

	CHECK_EQUAL(pRtlExtendedMagicDivide(1000, 0x6666666666666667, 2), 100);
	CHECK_EQUAL(pRtlExtendedMagicDivide(-1000, 0x6666666666666667, 2), -100);
	CHECK_EQUAL(pRtlExtendedMagicDivide(9, 0x5555555555555555, 0), 2);
	CHECK_EQUAL(pRtlExtendedMagicDivide(-9, 0xAAAAAAAAAAAAAAAB, 0), -6);
}

int main(void)
{
	CHECK(find_entries());
	if (!pRtlQueryEnvironmentVariable)
		return guest_result();
	duplicates();
	narrowed();
	appended();
	found();
	variables();
	helpers();
	runs_of_bits();
	numbers();
	return guest_result();
}
