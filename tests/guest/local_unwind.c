/*
 * local_unwind.c - _local_unwind: what Microsoft's compiler calls where goto, break or return leave a __try block that has a
 * __finally.  The function and its scopes are written by hand, as mingw-w64 makes none.
 */
#include "guest.h"

static char trace[16];
static void(CDECL *local_unwind)(void *frame, void *target);

void local_unwind_finally(BOOLEAN abnormal, void *frame, int which);
void local_unwind_finally(BOOLEAN abnormal, void *frame, int which)
{
	(void)frame;
	CHECK_EQUAL(abnormal, 1);
	trace[strlen(trace)] = (char)which;
}

void local_unwind_go(void *frame, void *target);
void local_unwind_go(void *frame, void *target)
{
	local_unwind(frame, target);
	CHECK(!"_local_unwind returned");
}

/* Leaves both blocks, or the inner one only, and says where it went on: 2 or 1. */
int local_unwind_frame(int both);
__asm__(".text\n.globl local_unwind_frame\n.def local_unwind_frame; .scl 2; .type 32; .endef\n.seh_proc "
	"local_unwind_frame\nlocal_unwind_frame:\n"
	"	subq $40, %rsp\n	.seh_stackalloc 40\n	.seh_endprologue\n"
	"	.seh_handler __C_specific_handler, @except, @unwind\n"
	"	.seh_handlerdata\n	.long 2\n	.rva .Linner, .Linner_end, .Linner_finally\n	.long 0\n"
	"	.rva .Louter, .Louter_end, .Louter_finally\n	.long 0\n	.text\n"
	".Louter:\n	nop\n.Linner:\n	testl %ecx, %ecx\n	movq %rsp, %rcx\n	leaq .Lbetween(%rip), %rdx\n"
	"	leaq .Loutside(%rip), %rax\n	cmovneq %rax, %rdx\n	call local_unwind_go\n	nop\n.Linner_end:\n"
	".Lbetween:\n	movl $1, %eax\n	jmp .Lleave\n	nop\n.Louter_end:\n"
	".Loutside:\n	movl $2, %eax\n.Lleave:\n	addq $40, %rsp\n	ret\n	.seh_endproc\n"
	".Linner_finally:\n	movl $'i', %r8d\n	jmp local_unwind_finally\n"
	".Louter_finally:\n	movl $'o', %r8d\n	jmp local_unwind_finally\n");

int main(void)
{
	static const char *const dlls[] = {"ntdll.dll", "msvcrt.dll", "vcruntime140.dll"};
	unsigned i;

	for (i = 0; i < sizeof(dlls) / sizeof(dlls[0]); i++) {
		*(FARPROC *)&local_unwind = GetProcAddress(LoadLibraryA(dlls[i]), "_local_unwind");
		CHECK(local_unwind != NULL);
		if (!local_unwind)
			continue;
		memset(trace, 0, sizeof(trace));
		CHECK_EQUAL(local_unwind_frame(0), 1);
		CHECK(strcmp(trace, "i") == 0);
		memset(trace, 0, sizeof(trace));
		CHECK_EQUAL(local_unwind_frame(1), 2);
		CHECK(strcmp(trace, "io") == 0);
	}
	return guest_result();
}
