/* Decorated names of C++: __unDName, type_info::name(), UnDecorateSymbolName; and names that nobody's compiler made. */
#include "guest.h"

static char *(__cdecl *undname)(char *, const char *, int, void *, void *, unsigned short);
static DWORD(WINAPI *undecorate)(const char *, char *, DWORD, DWORD);

static const struct {
	const char *decorated, *text;
	unsigned short flags;
} names[] = {
	{"?area@@YANHH@Z", "double __cdecl area(int,int)", 0},
	{"?area@@YANHH@Z", "double area(int,int)", 2},
	{"?area@@YANHH@Z", "double cdecl area(int,int)", 1},
	{"?area@@YANHH@Z", "__cdecl area(int,int)", 4},
	{"?area@@YANHH@Z", "double area(int,int)", 0x10},
	{"?area@@YANHH@Z", "area", 0x1000},
	{"?grow@Tree@wood@@QEAAXXZ", "public: void __cdecl wood::Tree::grow(void) __ptr64", 0},
	{"?grow@Tree@wood@@QEAAXXZ", "void __cdecl wood::Tree::grow(void) __ptr64", 0x80},
	{"?grow@Tree@wood@@QEAAXXZ", "public: void __cdecl wood::Tree::grow(void)", 0x20},
	{"?grow@Tree@wood@@QEAAXXZ", "wood::Tree::grow", 0x1000},
	{"?height@Tree@wood@@MEBA_KXZ", "protected: virtual unsigned __int64 __cdecl wood::Tree::height(void)const __ptr64", 0},
	{"?height@Tree@wood@@MEBA_KXZ", "protected: unsigned __int64 __cdecl wood::Tree::height(void)const __ptr64", 0x200},
	{"?height@Tree@wood@@MEBA_KXZ", "protected: virtual unsigned __int64 wood::Tree::height(void)const", 2},
	{"?count@Tree@wood@@SAHXZ", "public: static int __cdecl wood::Tree::count(void)", 0},
	{"??0Tree@wood@@QEAA@H@Z", "public: __cdecl wood::Tree::Tree(int) __ptr64", 0},
	{"??1Tree@wood@@UEAA@XZ", "public: virtual __cdecl wood::Tree::~Tree(void) __ptr64", 0},
	{"??0?$Box@H@@QEAA@XZ", "public: __cdecl Box<int>::Box<int>(void) __ptr64", 0},
	{"??4Tree@@QEAAAEAV0@AEBV0@@Z",
	 "public: class Tree & __ptr64 __cdecl Tree::operator=(class Tree const & __ptr64) __ptr64", 0},
	{"??BTree@@QEBAHXZ", "public: __cdecl Tree::operator int(void)const __ptr64", 0},
	{"??RTree@@QEAAXXZ", "public: void __cdecl Tree::operator()(void) __ptr64", 0},
	{"??2@YAPEAX_K@Z", "void * __ptr64 __cdecl operator new(unsigned __int64)", 0},
	{"??_V@YAXPEAX@Z", "void __cdecl operator delete[](void * __ptr64)", 0},
	{"?leaves@@3HA", "int leaves", 0},
	{"?leaves@Tree@@2HB", "public: static int const Tree::leaves", 0},
	{"??_7Tree@@6B@", "const Tree::`vftable'", 0},
	{"??_7Tree@@6BPlant@@@", "const Tree::`vftable'{for `Plant'}", 0},
	{"??_R0?AVTree@@@8", "class Tree `RTTI Type Descriptor'", 0},
	{"??_R1A@?0A@EA@Tree@@8", "Tree::`RTTI Base Class Descriptor at (0,-1,0,64)'", 0},
	{"??_R4Tree@@6B@", "const Tree::`RTTI Complete Object Locator'", 0},
	{"??_GTree@@UEAAPEAXI@Z", "public: virtual void * __ptr64 __cdecl Tree::`scalar deleting destructor'(unsigned int) __ptr64", 0},
	{"??__Eleaves@@YAXXZ", "void __cdecl `dynamic initializer for 'leaves''(void)", 0},
	{"??$least@H@@YAHHH@Z", "int __cdecl least<int>(int,int)", 0},
	{"?each@@YAXP6AXH@Z@Z", "void __cdecl each(void (__cdecl*)(int))", 0},
	{"?last@?1??each@@YAXXZ@4HA", "int `void __cdecl each(void)'::`2'::last", 0},
	{"?last@?1??each@@YAXXZ@4HA", "`void __cdecl each(void)'::`2'::last", 0x1000},
	{".?AULocal@?1??each@@YAXXZ@", "struct `void __cdecl each(void)'::`2'::Local", 0x2000},
	{"?log@@YAXPEBDZZ", "void __cdecl log(char const * __ptr64,...)", 0},
	{"?plain@@9", "plain", 0},
	{".?AVTree@wood@@", "class wood::Tree", 0x2000},
	{".?AU?$Pair@HPEAD@@", "struct Pair<int,char * __ptr64>", 0x2800},
	{"?AW4Colour@@", "?AW4Colour@@", 0},
	/* Not decorated, or not to the end. */
	{"main", "main", 0},
	{"", "", 0},
	{"?", "?", 0},
	{"??", "??", 0},
	{"?area@@YANHH@", "?area@@YANHH@", 0},
	{"?area@@YANHH@Zmore", "?area@@YANHH@Zmore", 0},
	{"??_", "??_", 0},
	{"?x@@3", "?x@@3", 0},
	{"?9", "?9", 0},
};

static unsigned allocations;
static void *allocate(size_t size)
{
	allocations++;
	return malloc(size);
}

static void known_names(void)
{
	char buffer[256], *text;

	for (unsigned i = 0; i < ARRAYSIZE(names); i++) {
		text = undname(NULL, names[i].decorated, 0, allocate, free, names[i].flags);
		CHECK(text != NULL && !strcmp(text, names[i].text));
		if (text && strcmp(text, names[i].text))
			printf("  %s with %x is %s\n", names[i].decorated, names[i].flags, text);
		free(text);
		memset(buffer, 0x55, sizeof(buffer));
		CHECK(undname(buffer, names[i].decorated, sizeof(buffer), allocate, free, names[i].flags) == buffer);
		CHECK(!strcmp(buffer, names[i].text));
		memset(buffer, 0x55, sizeof(buffer));
		CHECK_EQUAL(undecorate(names[i].decorated, buffer, sizeof(buffer), names[i].flags), strlen(names[i].text));
		CHECK(!strcmp(buffer, names[i].text));
	}
	CHECK_EQUAL(allocations, ARRAYSIZE(names));
	/* As much as there is room for. */
	CHECK(undname(buffer, "?area@@YANHH@Z", 8, allocate, free, 0) == buffer && !strcmp(buffer, "double "));
	CHECK_EQUAL(undecorate("?area@@YANHH@Z", buffer, 8, 0), 7);
	CHECK(!strcmp(buffer, "double "));
	CHECK_FAILS(undecorate(NULL, buffer, 8, 0), ERROR_INVALID_PARAMETER);
}

/* Anything may come: parts of the names above put together, with letters changed.  No answer runs away or breaks. */
static void hostile_names(unsigned count)
{
	unsigned random = 12345;
	char name[400], buffer[64];

	for (unsigned round = 0; round < count; round++) {
		size_t length = 0;

		while (length < 300) {
			const char *from = names[(random = random * 1664525 + 1013904223) % ARRAYSIZE(names)].decorated;
			size_t skip = strlen(from) ? (random >> 8) % strlen(from) : 0;

			length += (size_t)snprintf(name + length, sizeof(name) - length, "%s", from + (length ? skip : 0));
			if ((random >> 16) % 3 == 0)
				break;
		}
		for (unsigned changes = (random >> 20) % 8; changes > 0 && length > 1; changes--) {
			random = random * 1664525 + 1013904223;
			name[1 + (random >> 4) % (length - 1)] = "?@$_0123456789ABCDEPQUVXYZ"[(random >> 16) % 26];
		}
		CHECK(undname(buffer, name, sizeof(buffer), allocate, free, (unsigned short)(random >> 3 & 0xF3FF)) == buffer);
		CHECK(memchr(buffer, 0, sizeof(buffer)) != NULL);
	}
	/* Deep, long, and a name that would grow without end. */
	static char deep[60000];

	memset(deep, 0, sizeof(deep));
	for (unsigned i = 0; i < 20000; i++)
		memcpy(deep + 8 + 2 * i, "PE", 2);
	memcpy(deep, "?x@@3PEA", 8);
	CHECK(undname(buffer, deep, sizeof(buffer), allocate, free, 0) == buffer);
	strcpy(deep, "?x@");
	for (unsigned i = 0; i < 5000; i++)
		strcat(deep, "?$a@V?$b@");
	CHECK(undname(buffer, deep, sizeof(buffer), allocate, free, 0) == buffer);
	strcpy(deep, "?x@@YAXPEAV?$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@H@@");
	for (unsigned i = 0; i < 9; i++)
		strcat(deep, "P6AX00000000000000000000@Z");
	strcat(deep, "1111111111@Z");
	CHECK(undname(buffer, deep, sizeof(buffer), allocate, free, 0) == buffer);
}

int main(int argc, char **argv)
{
	static const char *const runtimes[] = {"vcruntime140.dll", "ucrtbase.dll", "msvcrt.dll"};
	DWORD(WINAPI * wide)(const WCHAR *, WCHAR *, DWORD, DWORD);
	WCHAR text[64];

	undecorate = (void *)GetProcAddress(LoadLibraryA("dbghelp.dll"), "UnDecorateSymbolName");
	wide = (void *)GetProcAddress(LoadLibraryA("dbghelp.dll"), "UnDecorateSymbolNameW");
	CHECK(undecorate != NULL && wide != NULL);
	for (unsigned i = 0; i < ARRAYSIZE(runtimes); i++) {
		undname = (void *)GetProcAddress(LoadLibraryA(runtimes[i]), "__unDName");
		CHECK(undname != NULL && GetProcAddress(LoadLibraryA(runtimes[i]), "__unDNameEx") != NULL);
		if (guest_failures)
			return guest_result();
		allocations = 0;
		known_names();
	}
	CHECK_EQUAL(wide(L"?leaves@@3HA", text, 64, 0), 10);
	CHECK(!wcscmp(text, L"int leaves"));
	CHECK_EQUAL(wide(L"?leaves@@3HA", text, 4, 0), 3);
	CHECK(!wcscmp(text, L"int"));
	hostile_names(argc > 1 ? (unsigned)atoi(argv[1]) : 20000);
	return guest_result();
}
