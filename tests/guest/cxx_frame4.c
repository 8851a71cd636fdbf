/*
 * cxx_frame4.c - __CxxFrameHandler4: functions whose compressed exception tables are written by hand, as Microsoft's
 * compiler would (mingw-w64 makes none): objects destroyed by destructor, through a pointer and by a funclet, catch blocks
 * that continue at a numbered place or at an address, a try block inside a catch block, rethrowing, longjmp through a frame,
 * and numbers of one to five bytes.  Then the same with damaged tables, each in a process of its own: however that ends, it ends.
 * Last, the small functions about exceptions beside the handlers.
 */
#include "guest.h"

#include <setjmp.h>

#define CXX_EXCEPTION 0xE06D7363u

void(WINAPI *frame4_pointer)(void);
static void(WINAPI *throw_exception)(void *object, const void *info);
extern const char frame4_int_throw[], frame4_string_throw[];
int frame4_basic(int what), frame4_rethrow(int what);

static char trace[64];
static jmp_buf far_away;

static void note(char c)
{
	trace[strlen(trace)] = c;
}

/* The destructor of an object, which is its letter. */
void frame4_destroy(const char *object)
{
	note(*object);
}

void frame4_note(int c)
{
	note((char)c);
}

void frame4_thrower(int what)
{
	static const char *string = "text";

	if (what == 0)
		return;
	if (what == 6)
		longjmp(far_away, 1);
	throw_exception(what == 3 ? (void *)&string : (void *)&what, what == 3 ? frame4_string_throw : frame4_int_throw);
}

void frame4_throw_again(void)
{
	throw_exception(NULL, NULL);
}

/* Numbers: n1, n2, n3 of constants, n5 of differences of labels. */
__asm__(".macro n1 value\n\t.byte (\\value) << 1\n.endm\n"
	".macro n2 value\n\t.short (\\value) << 2 | 1\n.endm\n"
	".macro n3 value\n\t.byte ((\\value) << 3 | 3) & 255, (\\value) >> 5 & 255, (\\value) >> 13\n.endm\n"
	".macro n4 value\n\t.long (\\value) << 4 | 7\n.endm\n"
	".macro n5 value\n\t.byte 15\n\t.long \\value\n.endm\n"
	".macro function name stack info\n"
	"\t.text\n\t.globl \\name\n\t.seh_proc \\name\n\\name:\n"
	"\tmovq %rdx, 16(%rsp)\n\tpushq %rbp\n\t.seh_pushreg %rbp\n"
	"\tsubq $\\stack, %rsp\n\t.seh_stackalloc \\stack\n\t.seh_handler frame4_handler, @unwind, @except\n\t.seh_endprologue\n"
	"\t.seh_handlerdata\n\t.rva \\info\n\t.text\n.endm\n"
	".macro leave_ stack\n\taddq $\\stack, %rsp\n\tpopq %rbp\n\tret\n\t.seh_endproc\n.endm\n"
	"\t.text\nframe4_handler:\n\tjmp *frame4_pointer(%rip)\n");

/*
 * int frame4_basic(int what)
 * {
 *	try { T a('a'); T *b = new T('b'); <an action that notes 'f'>; thrower(what); return 0; }
 *	catch (int x) { if (x == 7) return 1000; if (x == 5) { try { thrower(3); } catch (...) { note('n'); } } return x; }
 *	catch (...) { return 2000; }
 * }
 * Frame: 0x30 a, 0x38 *b, 0x40 x, 0x48 b, 0x50 what.
 */
__asm__("function frame4_basic 0x70 basic_info\n"
	"\tmovl %ecx, 0x50(%rsp)\n"
	"\tmovb $'a', 0x30(%rsp)\n\tmovb $'b', 0x38(%rsp)\n\tleaq 0x38(%rsp), %rax\n\tmovq %rax, 0x48(%rsp)\n"
	"\t.skip 300, 0x90\n"
	"basic_in:\n\tmovl 0x50(%rsp), %ecx\n\tcall frame4_thrower\n\tnop\n"
	"basic_out:\n\txorl %eax, %eax\n\tjmp basic_end\n"
	"basic_value:\n\tmovl 0x40(%rsp), %eax\n\tjmp basic_end\n"
	"basic_thousand:\n\tmovl $1000, %eax\n\tjmp basic_end\n"
	"basic_address:\n\tmovl $2000, %eax\n"
	"basic_end:\n\tleave_ 0x70\n");
__asm__("function basic_catch_int 0x20 basic_catch_info\n"
	"\tcmpl $7, 0x40(%rdx)\n\tje 1f\n\tcmpl $5, 0x40(%rdx)\n\tjne 2f\n"
	"basic_catch_in:\n\tmovl $3, %ecx\n\tcall frame4_thrower\n\tnop\n"
	"basic_catch_out:\n"
	"2:\n\txorl %eax, %eax\n\tjmp 3f\n1:\n\tmovl $1, %eax\n3:\n\tleave_ 0x20\n");
__asm__("function basic_catch_inner 0x20 basic_inner_info\n"
	"\tmovl $'n', %ecx\n\tcall frame4_note\n\txorl %eax, %eax\n\tleave_ 0x20\n");
__asm__("function basic_catch_all 0x20 basic_inner_info\n"
	"\tleaq basic_address(%rip), %rax\n\tleave_ 0x20\n");
__asm__("\t.text\nbasic_action:\n\tsubq $0x28, %rsp\n\tmovl $'f', %ecx\n\tcall frame4_note\n\taddq $0x28, %rsp\n\tret\n"
	"\t.section .rdata, \"dr\"\n\t.globl frame4_tables, frame4_tables_end\nframe4_tables:\n"
	/* unwind map and try map, no separate pieces, not a catch block */
	"basic_info:\n\t.byte 0x18\n\t.rva basic_unwind, basic_tries, basic_ips\n"
	"basic_unwind:\n\tn1 4\n"
	"basic_u0:\n\tn1 (1 << 2)\n"                                                       /* 0 to -1: nothing */
	"basic_u1:\n\tn2 (1 << 2 | 1)\n\t.rva frame4_destroy\n\tn1 0x30\n"                 /* 1 to 0: a */
	"basic_u2:\n\tn3 (7 << 2 | 2)\n\t.rva frame4_destroy\n\tn2 0x48\n"                 /* 2 to 1: *b */
	"basic_u3:\n\tn4 (9 << 2 | 3)\n\t.rva basic_action\n"                              /* 3 to 2: the action */
	"basic_tries:\n\tn1 1\n\tn1 0\n\tn1 3\n\tn1 4\n\t.rva basic_handlers\n"
	"basic_handlers:\n\tn1 2\n"
	"\t.byte 0x26\n\t.rva frame4_int_type\n\tn1 0x40\n\t.rva basic_catch_int\n"        /* int, object, two places */
	"\tn5 (basic_value - frame4_basic)\n\tn5 (basic_thousand - frame4_basic)\n"
	"\t.byte 0x01\n\tn1 0x40\n\t.rva basic_catch_all\n"
	"basic_ips:\n\tn1 2\n\tn5 (basic_in - frame4_basic)\n\tn1 4\n\tn5 (basic_out - basic_in)\n\tn1 0\n"
	/* the catch block: try map, a catch block whose frame is at 0x38 */
	"basic_catch_info:\n\t.byte 0x19\n\t.rva basic_catch_unwind, basic_catch_tries, basic_catch_ips\n\tn1 0x38\n"
	"basic_catch_unwind:\n\tn1 1\n\tn1 (1 << 2)\n"
	"basic_catch_tries:\n\tn1 1\n\tn1 0\n\tn1 0\n\tn1 1\n\t.rva basic_catch_handlers\n"
	"basic_catch_handlers:\n\tn1 1\n\t.byte 0x19\n\tn1 0x40\n\t.rva basic_catch_inner\n\t.rva basic_catch_out\n"
	"basic_catch_ips:\n\tn1 2\n\tn5 (basic_catch_in - basic_catch_int)\n\tn1 1\n\tn5 (basic_catch_out - basic_catch_in)\n\tn1 0\n"
	"basic_inner_info:\n\t.byte 0x01\n\t.rva basic_inner_ips\n\tn1 0x38\n"
	"basic_inner_ips:\n\tn1 0\n");

/*
 * int frame4_rethrow(int what)
 * {
 *	T o; // destroyed by code, not by the tables, as the catch block continues here
 *	try { T p('p'); try { T q('q'); thrower(what); return 0; } catch (int &) { T r('r'); throw; } }
 *	catch (int x) { return x + 1; }
 * }
 * In two pieces would be the same but for one table: it says it is separated, and names this piece second.
 */
__asm__("function frame4_rethrow 0x70 rethrow_info\n"
	"\tmovb $'o', 0x30(%rsp)\n\tmovb $'p', 0x31(%rsp)\n\tmovb $'q', 0x32(%rsp)\n\tmovb $'r', 0x33(%rsp)\n"
	"rethrow_in:\n\tcall frame4_thrower\n\tnop\n"
	"rethrow_out:\n\txorl %eax, %eax\n\tjmp rethrow_end\n"
	"rethrow_value:\n\tmovl 0x40(%rsp), %eax\n\tincl %eax\n"
	"rethrow_end:\n\tleave_ 0x70\n");
__asm__("function rethrow_catch_inner 0x20 rethrow_inner_info\n"
	"rethrow_inner_in:\n\tcall frame4_throw_again\n\tnop\n\tleave_ 0x20\n");
__asm__("function rethrow_catch_outer 0x20 basic_inner_info\n\txorl %eax, %eax\n\tleave_ 0x20\n");
__asm__("\t.section .rdata, \"dr\"\n"
	/* states: 0 o; 1 outer try; 2 p; 3 inner try; 4 q */
	"rethrow_info:\n\t.byte 0x3e\n\tn1 3\n\t.rva rethrow_unwind, rethrow_tries, rethrow_pieces\n"
	"rethrow_unwind:\n\tn1 5\n"
	"\tn1 (1 << 2 | 1)\n\t.rva frame4_destroy\n\tn1 0x30\n"
	"\tn1 (6 << 2)\n"
	"\tn1 (1 << 2 | 1)\n\t.rva frame4_destroy\n\tn1 0x31\n"
	"\tn1 (6 << 2)\n"
	"\tn1 (1 << 2 | 1)\n\t.rva frame4_destroy\n\tn1 0x32\n"
	"rethrow_tries:\n\tn1 2\n"
	"\tn1 3\n\tn1 4\n\tn1 5\n\t.rva rethrow_inner_handlers\n"
	"\tn1 1\n\tn1 5\n\tn1 6\n\t.rva rethrow_outer_handlers\n"
	"rethrow_inner_handlers:\n\tn1 1\n\t.byte 0x03\n\tn1 8\n\t.rva frame4_int_type\n\t.rva rethrow_catch_inner\n"
	"rethrow_outer_handlers:\n\tn1 1\n\t.byte 0x16\n\t.rva frame4_int_type\n\tn1 0x40\n\t.rva rethrow_catch_outer\n"
	"\tn5 (rethrow_value - frame4_rethrow)\n"
	"rethrow_pieces:\n\tn1 2\n\t.rva basic_action, basic_inner_ips\n\t.rva frame4_rethrow, rethrow_ips\n"
	"rethrow_ips:\n\tn1 2\n\tn5 (rethrow_in - frame4_rethrow)\n\tn1 5\n\tn5 (rethrow_out - rethrow_in)\n\tn1 0\n"
	"rethrow_inner_info:\n\t.byte 0x09\n\t.rva rethrow_inner_unwind, rethrow_inner_ips\n\tn1 0x38\n"
	"rethrow_inner_unwind:\n\tn1 1\n\tn1 (1 << 2 | 1)\n\t.rva frame4_destroy\n\tn1 0x33\n"
	"rethrow_inner_ips:\n\tn1 1\n\tn5 (rethrow_inner_in - rethrow_catch_inner)\n\tn1 1\nframe4_tables_end:\n");

/* What is thrown: an int; a const char *. */
__asm__("\t.data\n\t.balign 8\n\t.globl frame4_int_type, frame4_string_type\n"
	"frame4_int_type:\n\t.quad 0, 0\n\t.asciz \".H\"\n\t.balign 8\n"
	"frame4_string_type:\n\t.quad 0, 0\n\t.asciz \".PEBD\"\n"
	"\t.section .rdata, \"dr\"\n\t.balign 4\n"
	"\t.globl frame4_int_throw, frame4_string_throw\n"
	"frame4_int_throw:\n\t.long 0, 0, 0\n\t.rva 1f\n1:\t.long 1\n\t.rva 2f\n2:\t.long 1\n\t.rva frame4_int_type\n"
	"\t.long 0, -1, 0, 4, 0\n"
	"frame4_string_throw:\n\t.long 0, 0, 0\n\t.rva 1f\n1:\t.long 1\n\t.rva 2f\n2:\t.long 1\n\t.rva frame4_string_type\n"
	"\t.long 0, -1, 0, 8, 0\n\t.text\n");

static void check(int (*function)(int), int what, int result, const char *expected)
{
	memset(trace, 0, sizeof(trace));
	CHECK_EQUAL(function(what), result);
	CHECK(strcmp(trace, expected) == 0);
	if (strcmp(trace, expected) != 0)
		printf("%d: '%s' instead of '%s'\n", what, trace, expected);
}

extern char frame4_tables[], frame4_tables_end[];

static LONG WINAPI end_quietly(EXCEPTION_POINTERS *pointers)
{
	return EXCEPTION_EXECUTE_HANDLER;
}

static void __attribute__((noreturn)) throw_with_damage(unsigned seed)
{
	static const int whats[] = {42, 7, 3, 5};
	DWORD size = (DWORD)(frame4_tables_end - frame4_tables), old;

	SetUnhandledExceptionFilter(end_quietly);
	CHECK(VirtualProtect(frame4_tables, size, PAGE_READWRITE, &old));
	for (unsigned i = 0; i <= seed % 3; i++) {
		seed = seed * 1103515245 + 12345;
		frame4_tables[(seed >> 8) % size] = (char)(seed >> 24);
	}
	for (unsigned i = 0; i < ARRAYSIZE(whats); i++)
		frame4_basic(whats[i]);
	frame4_rethrow(11);
	ExitProcess(0);
}

/* A damaged table is an error of some kind and never a program that hangs. */
static void damaged_tables(const char *program)
{
	const char *rounds = getenv("PEWTER_TEST_ROUNDS");
	int count = rounds ? atoi(rounds) : 60;
	SECURITY_ATTRIBUTES inherited = {sizeof(inherited), NULL, TRUE};
	HANDLE nowhere = CreateFileA("NUL", GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited, OPEN_EXISTING, 0, NULL);

	SetErrorMode(SEM_NOGPFAULTERRORBOX);
	for (int seed = 1; seed <= count; seed++) {
		STARTUPINFOA startup = {.cb = sizeof(startup), .dwFlags = STARTF_USESTDHANDLES, .hStdOutput = nowhere,
					.hStdError = nowhere};
		PROCESS_INFORMATION process;
		char line[MAX_PATH + 32];

		snprintf(line, sizeof(line), "\"%s\" %d", program, seed);
		if (!CreateProcessA(program, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process)) {
			CHECK(!"a process was made");
			break;
		}
		if (WaitForSingleObject(process.hProcess, 60000) != WAIT_OBJECT_0) {
			printf("seed %d hangs\n", seed);
			CHECK(!"the process ended");
			TerminateProcess(process.hProcess, 1);
		}
		CloseHandle(process.hProcess);
		CloseHandle(process.hThread);
	}
	CloseHandle(nowhere);
}

static void helpers(HMODULE runtime)
{
	int *(*frame)(void *, void *) = (void *)GetProcAddress(runtime, "_CreateFrameInfo");
	void (*unlink_frame)(void *) = (void *)GetProcAddress(runtime, "_FindAndUnlinkFrame");
	int (*dies)(void *) = (void *)GetProcAddress(runtime, "_IsExceptionObjectToBeDestroyed");
	int (*is_type)(const void *, EXCEPTION_POINTERS *) = (void *)GetProcAddress(runtime, "_is_exception_typeof");
	int (*rethrown)(EXCEPTION_POINTERS *) = (void *)GetProcAddress(runtime, "__CxxDetectRethrow");
	char *(*adjusted)(void *, const int *) = (void *)GetProcAddress(runtime, "__AdjustPointer");
	extern const char frame4_int_type[], frame4_string_type[];
	int table[] = {0, 24}, where[] = {4, -1, 0}, virtually[] = {4, 8, 4};
	EXCEPTION_RECORD record = {.ExceptionCode = CXX_EXCEPTION, .NumberParameters = 4,
				   .ExceptionInformation = {0x19930520, (ULONG_PTR)&record, (ULONG_PTR)frame4_int_throw,
							    (ULONG_PTR)GetModuleHandleA(NULL)}};
	EXCEPTION_POINTERS pointers = {&record, NULL};
	void *object[8] = {NULL, table}, *infos[2][2];

	CHECK(frame && unlink_frame && dies && is_type && rethrown && adjusted);
	if (guest_failures)
		return;
	CHECK_EQUAL(dies(object), 1);
	CHECK(frame(infos[1], object) == (void *)infos[1]);
	CHECK_EQUAL(dies(object), 0);
	CHECK(frame(infos[0], &record) == (void *)infos[0]);
	CHECK_EQUAL(dies(object), 0);
	CHECK_EQUAL(dies(&record), 0);
	unlink_frame(infos[0]);
	CHECK_EQUAL(dies(&record), 1);
	unlink_frame(infos[1]);
	CHECK_EQUAL(dies(object), 1);

	CHECK(adjusted(object, where) == (char *)object + 4);
	CHECK(adjusted(object, virtually) == (char *)object + 4 + 8 + 24);
	CHECK_EQUAL(is_type(frame4_int_type, &pointers), 1);
	CHECK_EQUAL(is_type(frame4_string_type, &pointers), 0);
	CHECK_EQUAL(rethrown(&pointers), 0);
	CHECK_EQUAL(rethrown(NULL), 0);
	record.ExceptionInformation[2] = record.ExceptionInformation[3] = 0;
	CHECK_EQUAL(rethrown(&pointers), 1);
	record.ExceptionCode = 0xC0000005;
	CHECK_EQUAL(rethrown(&pointers), 0);
	CHECK_EQUAL(is_type(frame4_int_type, &pointers), 0);
	*((int *(*)(void))GetProcAddress(runtime, "__processing_throw"))() = 0;
}

/* What code that runs under .NET calls around its catch blocks. */
static void managed_blocks(HMODULE runtime)
{
	int (*filter)(EXCEPTION_POINTERS *, const void *, int, void *) = (void *)GetProcAddress(runtime, "__CxxExceptionFilter");
	int (*size)(void) = (void *)GetProcAddress(runtime, "__CxxQueryExceptionSize");
	int (*begin)(EXCEPTION_POINTERS *, void *) = (void *)GetProcAddress(runtime, "__CxxRegisterExceptionObject");
	void (*end)(void *, int) = (void *)GetProcAddress(runtime, "__CxxUnregisterExceptionObject");
	int (*dies)(void *) = (void *)GetProcAddress(runtime, "_IsExceptionObjectToBeDestroyed");
	EXCEPTION_RECORD **(*current)(void) = (void *)GetProcAddress(runtime, "__current_exception");
	extern const char frame4_int_type[], frame4_string_type[];
	int thrown = 77, caught = 0, *reference = NULL;
	EXCEPTION_RECORD record = {.ExceptionCode = CXX_EXCEPTION, .NumberParameters = 4,
				   .ExceptionInformation = {0x19930520, (ULONG_PTR)&thrown, (ULONG_PTR)frame4_int_throw,
							    (ULONG_PTR)GetModuleHandleA(NULL)}};
	CONTEXT context = {0};
	EXCEPTION_POINTERS pointers = {&record, &context}, again;
	EXCEPTION_RECORD empty = record, *outer;
	char storage[2][512]; /* the inner one lies lower on the stack */

	CHECK(filter && size && begin && end && dies && current);
	if (guest_failures)
		return;
	CHECK(size() > 0 && size() <= (int)sizeof(storage[0]));
	outer = *current();
	CHECK_EQUAL(filter(&pointers, frame4_int_type, 0, &caught), 1);
	CHECK_EQUAL(caught, 77);
	CHECK_EQUAL(filter(&pointers, frame4_int_type, 8, &reference), 1);
	CHECK(reference == &thrown);
	CHECK_EQUAL(filter(&pointers, frame4_string_type, 0, NULL), 0);
	CHECK_EQUAL(filter(&pointers, NULL, 0, NULL), 1);
	CHECK_EQUAL(filter(NULL, NULL, 0, NULL), 0);

	CHECK_EQUAL(begin(&pointers, storage[1]), 1);
	CHECK_EQUAL(dies(&thrown), 0);
	CHECK(*current() != outer && (*current())->ExceptionInformation[1] == (ULONG_PTR)&thrown);
	/* A throw without an operand inside: the same one. */
	empty.ExceptionInformation[1] = empty.ExceptionInformation[2] = empty.ExceptionInformation[3] = 0;
	again = (EXCEPTION_POINTERS){&empty, &context};
	caught = 0;
	CHECK_EQUAL(filter(&again, frame4_int_type, 0, &caught), 1);
	CHECK_EQUAL(caught, 77);
	CHECK_EQUAL(begin(&again, storage[0]), 1);
	end(storage[0], 0);
	CHECK_EQUAL(dies(&thrown), 0); /* the outer block has it still */
	end(storage[1], 1);
	CHECK_EQUAL(dies(&thrown), 1);
	CHECK(*current() == outer);
	/* Of another kind. */
	record.ExceptionCode = 0xC0000005;
	CHECK_EQUAL(filter(&pointers, frame4_int_type, 0, NULL), 0);
	CHECK_EQUAL(filter(&pointers, NULL, 0, NULL), 1);
	CHECK_EQUAL(begin(&pointers, storage[1]), 0);
	end(storage[1], 0);
	CHECK(*current() == outer);
}

/* The classes that msvcrt.dll exports, and what its functions throw. */
static LONG CALLBACK see_thrown(EXCEPTION_POINTERS *pointers)
{
	EXCEPTION_RECORD *record = pointers->ExceptionRecord;
	char *image = (char *)record->ExceptionInformation[3];
	int *info = (int *)record->ExceptionInformation[2], *types = (int *)(image + info[3]);

	if (record->ExceptionCode != CXX_EXCEPTION)
		return EXCEPTION_CONTINUE_SEARCH;
	/* The thrown type's decorated name, behind two pointers. */
	snprintf(trace, sizeof(trace), "%s", image + *(int *)(image + types[1] + 4) + 16);
	longjmp(far_away, 1);
}

static void old_classes(void)
{
	HMODULE msvcrt = LoadLibraryW(L"msvcrt.dll");
	void *(*make)(void *) = (void *)GetProcAddress(msvcrt, "??0exception@@QEAA@XZ");
	void *(*make_text)(void *, const char *const *) = (void *)GetProcAddress(msvcrt, "??0exception@@QEAA@AEBQEBD@Z");
	void *(*make_constant)(void *, const char *const *, int) = (void *)GetProcAddress(msvcrt, "??0exception@@QEAA@AEBQEBDH@Z");
	void *(*copy)(void *, const void *) = (void *)GetProcAddress(msvcrt, "??0exception@@QEAA@AEBV0@@Z");
	void *(*assign)(void *, const void *) = (void *)GetProcAddress(msvcrt, "??4exception@@QEAAAEAV0@AEBV0@@Z");
	void (*destroy)(void *) = (void *)GetProcAddress(msvcrt, "??1exception@@UEAA@XZ");
	const char *(*what)(const void *) = (void *)GetProcAddress(msvcrt, "?what@exception@@UEBAPEBDXZ");
	void *(*cast)(void *, const char *) = (void *)GetProcAddress(msvcrt, "??0bad_cast@@QEAA@PEBD@Z");
	void *(*typeid)(void *) = (void *)GetProcAddress(msvcrt, "__RTtypeid");
	static const char *const names[] = {"??0bad_cast@@QEAA@AEBV0@@Z", "??1bad_cast@@UEAA@XZ", "??0bad_typeid@@QEAA@PEBD@Z",
					    "??4bad_typeid@@QEAAAEAV0@AEBV0@@Z", "??0__non_rtti_object@@QEAA@PEBD@Z",
					    "??1__non_rtti_object@@UEAA@XZ"};
	char buffer[] = "a text";
	const char *text = buffer;
	void *object[3], *other[3];
	PVOID handler;

	for (unsigned i = 0; i < ARRAYSIZE(names); i++)
		CHECK(GetProcAddress(msvcrt, names[i]) != NULL);
	CHECK(make && make_text && make_constant && copy && assign && destroy && what && cast && typeid);
	if (guest_failures)
		return;
	CHECK(make(object) == object && !strcmp(what(object), "Unknown exception"));
	destroy(object);
	CHECK(make_text(object, &text) == object && what(object) != text && !strcmp(what(object), "a text"));
	CHECK(copy(other, object) == other && what(other) != what(object) && !strcmp(what(other), "a text"));
	destroy(object);
	CHECK(make_constant(object, &text, 1) == object && what(object) == text);
	CHECK(assign(other, object) == other && what(other) == text);
	/* Through the vftable: the second function tells the text. */
	CHECK((*(const char *(***)(const void *))other)[1](other) == text);
	destroy(other);
	destroy(object);
	CHECK(cast(object, "cast") == object && !strcmp(what(object), "cast"));
	destroy(object);

	handler = AddVectoredExceptionHandler(1, see_thrown);
	if (setjmp(far_away) == 0)
		typeid(NULL);
	CHECK(!strcmp(trace, ".?AVbad_typeid@@"));
	if (setjmp(far_away) == 0)
		((void *(*)(void *))GetProcAddress(LoadLibraryW(L"vcruntime140.dll"), "__RTtypeid"))(NULL);
	CHECK(!strcmp(trace, ".?AVbad_typeid@std@@"));
	RemoveVectoredExceptionHandler(handler);
}

int main(int argc, char **argv)
{
	char program[MAX_PATH];
	HMODULE runtime = LoadLibraryW(L"vcruntime140.dll"), runtime4 = LoadLibraryW(L"vcruntime140_1.dll");

	CHECK(runtime != NULL && runtime4 != NULL);
	throw_exception = (void *)GetProcAddress(runtime, "_CxxThrowException");
	frame4_pointer = (void *)GetProcAddress(runtime4, "__CxxFrameHandler4");
	CHECK(throw_exception != NULL && frame4_pointer != NULL);
	if (guest_failures)
		return guest_result();
	if (argc > 1)
		throw_with_damage((unsigned)atoi(argv[1]));
	for (int round = 0; round < 3; round++) {
		check(frame4_basic, 0, 0, "");
		check(frame4_basic, 42, 42, "fba");
		check(frame4_basic, 7, 1000, "fba");
		check(frame4_basic, 3, 2000, "fba");
		check(frame4_basic, 5, 5, "fban");
		check(frame4_rethrow, 0, 0, "");
		check(frame4_rethrow, 11, 12, "qrp");
	}
	memset(trace, 0, sizeof(trace));
	if (setjmp(far_away) == 0)
		frame4_basic(6);
	CHECK(strcmp(trace, "fba") == 0);
	helpers(runtime);
	managed_blocks(runtime);
	old_classes();
	GetModuleFileNameA(NULL, program, sizeof(program));
	damaged_tables(program);
	return guest_result();
}
