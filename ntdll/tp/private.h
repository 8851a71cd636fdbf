/*
 * ntdll/tp/private.h - what the files of the thread pool share.
 *
 * Locks, outermost first: a wait's arming lock; a dispatcher object's lock; a pool's lock; ke's timer heap.  A group's lock
 * is a leaf beside them.  None is held while a callback runs or a thread sleeps.
 */
#ifndef PEWTER_NTDLL_TP_PRIVATE_H
#define PEWTER_NTDLL_TP_PRIVATE_H

#include "ntdll/ke/private.h"
#include "ntdll/tp/tp.h"

enum tp_kind { TP_SIMPLE = 1, TP_WORK_ITEM, TP_TIMER_OBJECT, TP_WAIT_OBJECT, TP_IO_OBJECT };

struct tp_worker {
	struct tp_pool *pool;
	struct tp_worker *below; /* in the stack of idle ones */
	uint32_t woken;		 /* futex: taken off that stack */
	bool counted;		 /* its callback is one of pool->active, but for its sleeps */
	bool persistent;	 /* does not leave when idle */
};

struct tp_queue {
	struct tp_object *first, *last;
};

struct tp_pool {
	uint32_t magic;
	bool released;
	struct host_lock lock; /* everything below, and the same of the pool's objects */
	uint32_t references;   /* the program's, one an object, one an armed timer of ours */
	struct tp_queue queues[TP_PRIORITIES];
	struct tp_worker *idle; /* the one that came last on top */
	uint32_t idle_count;
	uint32_t threads;  /* all, those being started too */
	uint32_t starting; /* started or woken, and not yet here to take something */
	uint32_t active;   /* in callbacks and neither asleep nor long */
	uint32_t long_running;
	uint32_t minimum, maximum;
	bool shutdown; /* no references are left: threads leave */
	TP_POOL_STACK_INFORMATION stack;
	uint64_t taken;	 /* callbacks begun so far */
	uint64_t stalled_at; /* `taken` when the stall timer was armed */
	struct ke_timer_entry starter, stall;
	uint32_t to_start; /* threads that the timer thread is to make */
	bool starter_armed, stall_armed;
};

struct tp_group {
	uint32_t magic;
	uint32_t references; /* the program's, one a member; atomic */
	struct host_lock lock;
	struct tp_object *members;
};

/* A finished or expected I/O operation. */
struct tp_completion {
	struct tp_completion *next;
	void *context; /* the OVERLAPPED */
	NTSTATUS status;
	ULONG_PTR information;
};

struct tp_object {
	uint32_t magic;
	enum tp_kind kind;
	struct tp_pool *pool; /* referenced */
	/* under the pool's lock */
	struct tp_object *next, *previous; /* in a queue */
	bool queued, released;
	bool ran;	     /* a callback has begun */
	uint32_t references; /* the program's, the group's, one a pending or running callback, an arming, who waits */
	uint32_t pending;    /* callbacks to be begun */
	uint32_t running;    /* callbacks begun, but for disassociated ones */
	uint32_t expected;   /* I/O operations started and not completed */
	uint32_t changes;    /* futex of those who wait for callbacks */
	uint32_t waiters;
	/* fixed */
	void *callback, *context;
	void (*invoke)(struct tp_object *object, struct tp_instance *instance);
	/* Runs when the last reference goes; may be NULL. */
	void (*destroy)(struct tp_object *object);
	void *finalization, *cancelled, *race_dll;
	LONG priority;
	bool is_long, is_persistent;
	/* under the group's lock */
	struct tp_group *group; /* referenced */
	struct tp_object *group_next, **group_link; /* link NULL: not in the list */
	union {
		struct {
			struct ke_timer_entry entry;
			uint64_t due, period; /* ns */
			bool set, armed;
		} timer;
		struct {
			struct host_lock lock; /* of the arming: watch, timeout, target */
			struct ke_watch watch;
			struct ke_timer_entry timeout;
			uint64_t due;
			bool timeout_armed;
			struct ob_object *target; /* referenced */
			uint32_t signalled;	  /* of `pending`; the pool's lock */
		} wait;
		struct {
			struct tp_completion *first, **last; /* finished */
			struct tp_completion *spare;	     /* one an expected operation */
			uint32_t unwanted;		     /* expected ones whose callbacks were cancelled */
		} io;
	};
};

struct tp_instance {
	struct tp_object *object;
	struct tp_worker *worker;
	struct ps_thread *thread;
	bool associated, is_long;
	struct _RTL_CRITICAL_SECTION *section;
	HANDLE mutex, semaphore, event;
	LONG semaphore_count;
	HMODULE module;
};

#define TP_POOL_MAGIC 0x4C6F6F50u
#define TP_GROUP_MAGIC 0x70756F47u
#define TP_OBJECT_MAGIC 0x6A624F54u

/* Pools. */
struct tp_pool *tp_default_pool(void);	/* NULL: no memory */
struct tp_pool *tp_serial_pool(void); /* one thread: wait and timer threads of the older interface */
struct tp_pool *tp_check_pool(struct tp_pool *pool);
void tp_pool_reference_locked(struct tp_pool *pool);
void tp_pool_dereference(struct tp_pool *pool);
/* Threads wanted or to be woken by something that changed under the pool's lock; carried out without it. */
struct tp_action {
	const uint32_t *wake; /* a futex; its owner may be gone by then, which does not matter */
	bool start;	      /* a thread; already counted, so that the pool stays */
};
struct tp_action tp_balance_locked(struct tp_pool *pool, bool force);
/* `here`: a thread may be started by the caller, which holds no lock and is a thread of the process. */
void tp_act(struct tp_pool *pool, struct tp_action action, bool here);

/* Objects. */
NTSTATUS tp_object_create(enum tp_kind kind, void *callback, void *context, const TP_CALLBACK_ENVIRON *environ,
			  struct tp_object **object);
struct tp_object *tp_check_object(struct tp_object *object, enum tp_kind kind);
/* One callback more.  The caller's reference on the object, or a new one when `add` is set, becomes the callback's. */
void tp_post(struct tp_object *object, bool here, bool add);
void tp_post_locked(struct tp_object *object, bool add);
void tp_object_reference(struct tp_object *object);
void tp_object_dereference(struct tp_object *object);
/* Says whether something was dropped. */
bool tp_cancel_pending(struct tp_object *object);
void tp_wait_for_callbacks(struct tp_object *object, bool cancel);
/* Whether callbacks are pending or running; whether one was begun; whether one was begun or is pending. */
bool tp_callbacks_left(struct tp_object *object);
bool tp_has_run(struct tp_object *object);
bool tp_has_fired(struct tp_object *object);
/* What a release does before the reference goes: nothing new will be queued by itself. */
void tp_disarm(struct tp_object *object);
void tp_release(struct tp_object *object);
/* Under the pool's lock: the futex of those who wait for the object's callbacks, when none is left; else NULL.  They are
 * woken without the lock, which is what they want next. */
const uint32_t *tp_settle_locked(struct tp_object *object);
void tp_wake_waiters(const uint32_t *settled);

/* Callbacks. */
void tp_run(struct tp_worker *worker, struct tp_object *object);

/* Groups. */
void tp_group_join(struct tp_group *group, struct tp_object *object);
/* true: it was a member, and the caller has the member's reference on the object. */
bool tp_group_leave(struct tp_object *object);
void tp_group_dereference(struct tp_group *group);

/* Timers: arms (due in host_monotonic_ns; 0 = at once) or, with KE_FOREVER, unsets; says whether one was cancelled. */
bool tp_timer_set(struct tp_object *timer, uint64_t due, uint64_t period);
void tp_timer_disarm(struct tp_object *timer);
/* Waits: for a target (a reference that is consumed; NULL = none).  *cancelled (may be NULL): an earlier arming was
 * cancelled.  STATUS_NO_MEMORY. */
NTSTATUS tp_wait_set(struct tp_object *wait, struct ob_object *target, uint64_t due, bool *cancelled);
/* A handle that can be waited for by a pool, or, if asked for, by a thread of it: STATUS_INVALID_HANDLE, STATUS_ACCESS_DENIED, STATUS_OBJECT_TYPE_MISMATCH. */
NTSTATUS tp_wait_target(HANDLE handle, bool mutex, struct ob_object **target);
void tp_wait_disarm(struct tp_object *wait);
/* At the beginning of a wait's callback: whether the target was signalled; otherwise it took too long. */
bool tp_wait_take_result(struct tp_object *wait);

static inline void tp_append(struct tp_queue *queue, struct tp_object *object)
{
	object->next = NULL;
	object->previous = queue->last;
	if (queue->last)
		queue->last->next = object;
	else
		queue->first = object;
	queue->last = object;
	object->queued = true;
}

#endif
