/*
 * bench_threads.c - threads, their storage, clocks and the thread pool: built twice, as a Windows program and as a Linux
 * one that does the nearest that Linux has.  Each prints "name nanoseconds", the best of its rounds; bench_threads.sh runs
 * them by turns and prints the ratios.
 */
#include <stdio.h>

#ifdef _WIN32
#include <windows.h>

static double now(void)
{
	LARGE_INTEGER count, frequency;

	QueryPerformanceCounter(&count);
	QueryPerformanceFrequency(&frequency);
	return (double)count.QuadPart * 1e9 / (double)frequency.QuadPart;
}

static DWORD WINAPI nothing(LPVOID argument)
{
	return 0;
}

static void start_and_join(void)
{
	HANDLE thread = CreateThread(NULL, 0, nothing, NULL, 0, NULL);

	WaitForSingleObject(thread, INFINITE);
	CloseHandle(thread);
}

static DWORD slot;
static volatile ULONG_PTR sink;
static LARGE_INTEGER counter;
static PTP_WORK work;

static void CALLBACK work_done(PTP_CALLBACK_INSTANCE instance, void *context, PTP_WORK item)
{
}

static void hand_over(void)
{
	SubmitThreadpoolWork(work);
	WaitForThreadpoolWorkCallbacks(work, FALSE);
}

static void prepare(void)
{
	slot = TlsAlloc();
	TlsSetValue(slot, &slot);
	work = CreateThreadpoolWork(work_done, NULL, NULL);
}

#define TLS_GET sink = (ULONG_PTR)TlsGetValue(slot)
#define LAST_ERROR sink = GetLastError()
#define COUNTER QueryPerformanceCounter(&counter)
#define TICKS sink = (ULONG_PTR)GetTickCount64()
#else
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void *nothing(void *argument)
{
	return NULL;
}

static void start_and_join(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, nothing, NULL);
	pthread_join(thread, NULL);
}

static pthread_key_t slot;
static volatile uintptr_t sink;
static struct timespec counter;
static uint32_t given, taken;

static void set(uint32_t *word)
{
	__atomic_store_n(word, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1);
}

static void take(uint32_t *word)
{
	while (!__atomic_exchange_n(word, 0, __ATOMIC_SEQ_CST))
		syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, 0, NULL);
}

/* A pool of one thread, made of two futexes. */
static void *worker(void *argument)
{
	for (;;) {
		take(&given);
		set(&taken);
	}
	return NULL;
}

static void hand_over(void)
{
	set(&given);
	take(&taken);
}

static void prepare(void)
{
	pthread_t thread;

	pthread_key_create(&slot, NULL);
	pthread_setspecific(slot, &slot);
	pthread_create(&thread, NULL, worker, NULL);
}

#define TLS_GET sink = (uintptr_t)pthread_getspecific(slot)
#define LAST_ERROR sink = (uintptr_t)errno
#define COUNTER clock_gettime(CLOCK_MONOTONIC, &counter)
#define TICKS clock_gettime(CLOCK_BOOTTIME, &counter)
#endif

#define MEASURE(name, times, operation)                                                                                     \
	do {                                                                                                                \
		double best_ = 1e18;                                                                                        \
		for (int round_ = 0; round_ < 10; round_++) {                                                               \
			double start_ = now(), each_;                                                                       \
			for (int i_ = 0; i_ < (times); i_++) {                                                              \
				operation;                                                                                  \
			}                                                                                                   \
			each_ = (now() - start_) / (times);                                                                 \
			if (each_ < best_)                                                                                  \
				best_ = each_;                                                                              \
		}                                                                                                           \
		printf("%s %.2f\n", name, best_);                                                                           \
	} while (0)

int main(void)
{
	prepare();
	MEASURE("thread-start-join", 500, start_and_join());
	MEASURE("pool-post-wait", 2000, hand_over());
	MEASURE("tls-get", 1000000, TLS_GET);
	MEASURE("last-error", 1000000, LAST_ERROR);
	MEASURE("performance-counter", 1000000, COUNTER);
	MEASURE("tick-count", 1000000, TICKS);
	return 0;
}
