/*
 * host/fault.c - from a Linux signal to struct host_fault.
 */
#include "host/fault.h"
#include "host/linux_abi.h"
#include "host/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

static host_fault_hook fault_hook;

/* The probed copies (x86_64/copy.S) lie between these; a fault there continues at the exit, which returns -1. */
extern const char host_copy_begin[], host_copy_end[], host_copy_fault[];

/* Page fault error code bits. */
#define ERROR_WRITE 2
#define ERROR_FETCH 16

enum trap {
	TRAP_DIVIDE = 0,
	TRAP_DEBUG = 1,
	TRAP_BREAKPOINT = 3,
	TRAP_OVERFLOW = 4,
	TRAP_ILLEGAL = 6,
	TRAP_STACK_SEGMENT = 12,
	TRAP_GENERAL = 13,
	TRAP_PAGE = 14,
	TRAP_X87 = 16,
	TRAP_ALIGNMENT = 17,
	TRAP_SIMD = 19
};

static const unsigned char register_order[] = {
	REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI, REG_R8,
	REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP, REG_EFL,
};

static enum host_fault_kind classify(int signal_number, const siginfo_t *info, const greg_t *registers)
{
	switch (signal_number) {
	case SIGSEGV:
		return registers[REG_TRAPNO] == TRAP_PAGE ? HOST_FAULT_MEMORY : HOST_FAULT_GENERAL;
	case SIGBUS:
		/* What a bad address in rsp or rbp gives: it tells no address either. */
		if (registers[REG_TRAPNO] == TRAP_STACK_SEGMENT)
			return HOST_FAULT_GENERAL;
		return info->si_code == BUS_ADRALN ? HOST_FAULT_ALIGNMENT : HOST_FAULT_BUS;
	case SIGFPE:
		return registers[REG_TRAPNO] == TRAP_DIVIDE ? HOST_FAULT_DIVIDE : HOST_FAULT_FLOAT;
	case SIGTRAP:
		if (info->si_code == LINUX_TRAP_PERF)
			return HOST_FAULT_HARDWARE_BREAKPOINT;
		return registers[REG_TRAPNO] == TRAP_BREAKPOINT ? HOST_FAULT_BREAKPOINT : HOST_FAULT_SINGLE_STEP;
	case SIGSYS:
		return HOST_FAULT_SYSTEM_CALL;
	default:
		return HOST_FAULT_ILLEGAL;
	}
}

static void set_fpu(struct host_registers *registers, const ucontext_t *context)
{
	const struct _fpx_sw_bytes *words;

	registers->fpu = context->uc_mcontext.fpregs;
	registers->extended = false;
	if (!registers->fpu)
		return;
	/* Linux' own words at the end of the legacy part say whether more follows. */
	words = (const struct _fpx_sw_bytes *)((const char *)registers->fpu + 512 - sizeof(*words));
	registers->extended = words->magic1 == FP_XSTATE_MAGIC1;
}

static void on_fault(int signal_number, siginfo_t *info, void *argument)
{
	ucontext_t *context = argument;
	greg_t *gregs = context->uc_mcontext.gregs;
	struct host_fault fault;
	int saved_errno = errno;

	fault.kind = classify(signal_number, info, gregs);
	fault.code = info->si_code;
	if (fault.kind == HOST_FAULT_HARDWARE_BREAKPOINT)
		fault.code = (int)linux_perf_data(info);
	else if (fault.kind == HOST_FAULT_SYSTEM_CALL)
		fault.code = info->si_syscall;
	fault.address = (uintptr_t)info->si_addr;
	fault.access = HOST_ACCESS_READ;
	if (gregs[REG_TRAPNO] == TRAP_PAGE && gregs[REG_ERR] & ERROR_FETCH)
		fault.access = HOST_ACCESS_EXECUTE;
	else if (gregs[REG_TRAPNO] == TRAP_PAGE && gregs[REG_ERR] & ERROR_WRITE)
		fault.access = HOST_ACCESS_WRITE;
	fault.in_copy = (uintptr_t)gregs[REG_RIP] >= (uintptr_t)host_copy_begin &&
			(uintptr_t)gregs[REG_RIP] < (uintptr_t)host_copy_end;
	for (unsigned i = 0; i < sizeof(register_order); i++)
		(&fault.registers.rax)[i] = (uint64_t)gregs[register_order[i]];
	set_fpu(&fault.registers, context);

	if (fault_hook(&fault) == HOST_FAULT_FAIL_COPY) {
		gregs[REG_RIP] = (greg_t)host_copy_fault;
	} else {
		for (unsigned i = 0; i < sizeof(register_order); i++)
			gregs[register_order[i]] = (greg_t)(&fault.registers.rax)[i];
	}
	errno = saved_errno;
}

void host_fault_install(host_fault_hook hook)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};

	fault_hook = hook;
	sigfillset(&action.sa_mask);
	for (unsigned i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		/* A second fault in the hook itself must end the process, so these stay unblocked for nobody. */
		sigaction(signals[i], &action, NULL);
	}
}

static void (*thread_signal_hook)(struct host_registers *registers);

static int thread_signal_number(void)
{
	return SIGRTMIN + 5;
}

static void on_thread_signal(int signal_number, siginfo_t *info, void *argument)
{
	ucontext_t *context = argument;
	greg_t *gregs = context->uc_mcontext.gregs;
	struct host_registers registers;
	int saved_errno = errno;

	(void)signal_number;
	(void)info;
	for (unsigned i = 0; i < sizeof(register_order); i++)
		(&registers.rax)[i] = (uint64_t)gregs[register_order[i]];
	set_fpu(&registers, context);
	thread_signal_hook(&registers);
	for (unsigned i = 0; i < sizeof(register_order); i++)
		gregs[register_order[i]] = (greg_t)(&registers.rax)[i];
	errno = saved_errno;
}

void host_thread_signal_install(void (*hook)(struct host_registers *registers))
{
	/* Without SA_RESTART: a thread that sleeps in a system call has to look why it was woken. */
	struct sigaction action = {.sa_sigaction = on_thread_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};

	thread_signal_hook = hook;
	sigfillset(&action.sa_mask);
	sigaction(thread_signal_number(), &action, NULL);
}

int host_thread_signal(unsigned tid)
{
	return syscall(SYS_tgkill, getpid(), tid, thread_signal_number()) < 0 ? -errno : 0;
}

/*
 * Interrupts: the handler only writes to a pipe; a thread reads it and calls the hook.  The thread starts when
 * somebody wants to hear, so that programs without a handler do not pay for it.
 */
static int interrupt_pipe[2] = {-1, -1};
static void (*interrupt_hook)(enum host_interrupt);

static void on_interrupt(int signal_number)
{
	unsigned char which = signal_number == SIGINT	 ? HOST_INTERRUPT_INT
			      : signal_number == SIGTERM ? HOST_INTERRUPT_TERM
			      : signal_number == SIGHUP	 ? HOST_INTERRUPT_HUP
							 : HOST_INTERRUPT_QUIT;
	int saved_errno = errno;

	/* A full pipe already says what there is to say. */
	if (write(interrupt_pipe[1], &which, 1) < 0)
		errno = saved_errno;
	errno = saved_errno;
}

static void interrupt_thread(void *argument)
{
	unsigned char which;

	(void)argument;
	for (;;) {
		ssize_t got = read(interrupt_pipe[0], &which, 1);
		if (got == 1)
			interrupt_hook((enum host_interrupt)which);
		else if (got == 0 || errno != EINTR)
			return;
	}
}

void host_interrupt_install(void (*hook)(enum host_interrupt which))
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = SA_ONSTACK | SA_RESTART};
	struct sigaction old;

	interrupt_hook = hook;
	if (interrupt_pipe[0] >= 0 || pipe2(interrupt_pipe, O_CLOEXEC) < 0)
		return;
	if (host_thread_create(interrupt_thread, NULL) < 0)
		return;
	sigemptyset(&action.sa_mask);
	for (unsigned i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		/* A parent that ignores a signal (nohup) means it. */
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN)
			continue;
		sigaction(signals[i], &action, NULL);
	}
}
