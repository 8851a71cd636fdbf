/*
 * bench_wait_native.c - the nearest that Linux has to bench_wait_guest.c; see bench_wait.h.
 */
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "bench_wait.h"

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

#define TURNS 20000
static uint32_t ping, pong;
static volatile int stop;

/* An auto-reset event made of a futex and nothing else. */
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

static void *ponger(void *unused)
{
	for (;;) {
		take(&ping);
		if (stop)
			return NULL;
		set(&pong);
	}
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, recursive;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static volatile long shared_count;

static void *contender(void *unused)
{
	while (!stop) {
		pthread_mutex_lock(&mutex);
		shared_count++;
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

/* While there is one thread glibc's locks leave out what makes them locks. */
static void *second_thread(void *unused)
{
	pause();
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_mutexattr_t attributes;
	uint64_t value = 1;
	pthread_t thread;
	sem_t semaphore, manual;
	int event = eventfd(0, 0);

	wanted = argc > 1 ? argv[1] : NULL;
	pthread_create(&thread, NULL, second_thread, NULL);
	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&recursive, &attributes);
	sem_init(&semaphore, 0, 0);
	sem_init(&manual, 0, 0);
	WORK("event", 1000000, sem_post(&manual); sem_wait(&manual));
	WORK("event-poll", 1000000, sem_trywait(&manual));
	WORK("manual-event", 1000000, sem_post(&manual); sem_wait(&manual));
	WORK("mutex", 1000000, pthread_mutex_lock(&recursive); pthread_mutex_unlock(&recursive));
	WORK("semaphore", 1000000, sem_post(&semaphore); sem_wait(&semaphore));
	WORK("wait-four", 1000000, sem_trywait(&semaphore); sem_trywait(&semaphore); sem_trywait(&semaphore);
	     sem_trywait(&semaphore));
	WORK("critical-section", 5000000, pthread_mutex_lock(&mutex); pthread_mutex_unlock(&mutex));
	WORK("srw-exclusive", 5000000, pthread_mutex_lock(&mutex); pthread_mutex_unlock(&mutex));
	WORK("srw-shared", 5000000, pthread_rwlock_rdlock(&lock); pthread_rwlock_unlock(&lock));
	WORK("create-close", 200000, close(eventfd(0, 0)));

	pthread_create(&thread, NULL, ponger, NULL);
	WORK("ping-pong", TURNS, set(&ping); take(&pong));
	stop = 1;
	set(&ping);
	pthread_join(thread, NULL);
	stop = 0;
	pthread_create(&thread, NULL, contender, NULL);
	WORK("contended-section", 200000, pthread_mutex_lock(&mutex); shared_count++; pthread_mutex_unlock(&mutex));
	stop = 1;
	pthread_join(thread, NULL);
	/* Between processes the kernel's own event is what there is. */
	WORK("named-event", 200000, if (write(event, &value, 8) < 0 || read(event, &value, 8) < 0) return 1);
	WORK("named-create", 2000, close(eventfd(0, 0)));
	return 0;
}
