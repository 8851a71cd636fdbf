/*
 * ntdll/ke/x86_64/system_call.c - system services by number, for programs that do not call ntdll but do as it does.
 *
 * The code of ntdll's services loads a number into eax, as on Windows.  A program that reads it there and makes the
 * system call itself is caught by the host (syscall user dispatch); the service then runs below a frame of ours on the
 * program's stack.  The numbers are none that a Windows has, because those differ from one to the next: a program that
 * brings a list gets STATUS_INVALID_SYSTEM_SERVICE and a message, not another service.
 */
#include "ntdll/ke/private.h"
#include "ntdll/ke/unwind.h"
#include "pewter/export.h"

#include <string.h>

#define FIRST_SERVICE 0x400u
#define MAXIMUM_SERVICES 0x400u
#define MAXIMUM_STACK_ARGUMENTS 14u

/* ntdll's, in the order of their names. */
static const struct dll_export *services[MAXIMUM_SERVICES];
static unsigned service_count;

static const void *at(const int32_t *field)
{
	return (const char *)field + *field;
}

/* Nt followed by a capital. */
static bool is_service(const struct dll_export *export)
{
	const char *name = export->name ? at(&export->name) : "";

	return export->kind == DLL_EXPORT_FUNCTION && name[0] == 'N' && name[1] == 't' && name[2] >= 'A' &&
	       name[2] <= 'Z';
}

void ke_set_services(const struct dll_descriptor *dll)
{
	if (service_count)
		return;
	for (const struct dll_export *export = dll->exports; export < dll->exports_end; export ++)
		if (is_service(export) && service_count < MAXIMUM_SERVICES)
			services[service_count++] = export;
}

ULONG ke_service_number(const struct dll_descriptor *dll, const char *name)
{
	static unsigned next; /* the loader asks for all of them in the order of the names, under its lock */
	unsigned low = 0, high;

	if ((name[0] != 'N' || name[1] != 't') && (name[0] != 'Z' || name[1] != 'w'))
		return 0;
	ke_set_services(dll);
	for (high = service_count; low < high;) {
		unsigned middle = next >= low && next < high ? next : (low + high) / 2;
		int order = strcmp((const char *)at(&services[middle]->name) + 2, name + 2);

		if (!order) {
			next = middle + 1;
			return FIRST_SERVICE + middle;
		}
		next = service_count;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

/* What the service finds on its stack; ke_system_call_return in guest.S knows the offsets. */
struct service_frame {
	uint64_t return_address;
	uint64_t home[4];
	uint64_t arguments[MAXIMUM_STACK_ARGUMENTS];
	uint64_t rip, rsp;
	uint64_t padding;
};
_Static_assert(offsetof(struct service_frame, rip) == 0x98, "guest.S");

void ke_system_call(struct host_registers *registers, unsigned number)
{
	static bool told;
	const void *service = number - FIRST_SERVICE < service_count ? at(&services[number - FIRST_SERVICE]->target) : NULL;
	const uint64_t *stack = (const uint64_t *)(uintptr_t)registers->rsp;
	struct service_frame *frame =
		(struct service_frame *)((((uintptr_t)registers->rsp - sizeof(*frame)) & ~(uintptr_t)15) - 8);
	const uint64_t *top = NtCurrentTeb()->NtTib.StackBase;

	registers->rcx = registers->rip;
	registers->r11 = registers->rflags;
	if (!service || !ps_self || !ke_stack_writable((uintptr_t)frame, sizeof(*frame))) {
		registers->rax = (uint32_t)STATUS_INVALID_SYSTEM_SERVICE;
		if (!__atomic_exchange_n(&told, true, __ATOMIC_RELAXED))
			host_message("pewter: the program made system call %x by itself, at %llx: not a number of this "
				     "ntdll's\n",
				     number, (unsigned long long)registers->rip);
		return;
	}
	memset(frame, 0, sizeof(*frame));
	frame->return_address = (uint64_t)(uintptr_t)ke_system_call_return;
	for (unsigned i = 0; i < MAXIMUM_STACK_ARGUMENTS && stack + 5 + i < top; i++)
		frame->arguments[i] = stack[5 + i];
	frame->rip = registers->rip;
	frame->rsp = registers->rsp;
	registers->rcx = registers->r10;
	registers->rsp = (uint64_t)(uintptr_t)frame;
	registers->rip = (uint64_t)(uintptr_t)service;
	registers->rflags &= ~0x400ull;
}
