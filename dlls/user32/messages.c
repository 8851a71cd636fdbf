/*
 * dlls/user32/messages.c - message queues of threads (MSDN, winuser.h): posted messages, WM_QUIT and timers, for
 * programs that have no windows.
 *
 * A thread gets its queue with its first call of a function of this file.  Posted messages come first, then WM_QUIT,
 * then timers that are due.  One lock guards all queues; no code of the program runs under it.
 */
#include "dlls/user32/user32.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "ntdll/ke/ke.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define WM_QUIT 0x0012u
#define WM_TIMER 0x0113u
#define PM_REMOVE 1u
#define QS_POSTMESSAGE 0x0008u
#define QS_TIMER 0x0010u
#define QS_SENDMESSAGE 0x0040u
#define QS_ALLPOSTMESSAGE 0x0100u
#define QS_POSTED (QS_POSTMESSAGE | QS_ALLPOSTMESSAGE)
#define QS_ALL 0x04FFu
#define MWMO_WAITALL 1u
#define MWMO_ALERTABLE 2u
#define MWMO_INPUTAVAILABLE 4u
#define THREAD_MESSAGES ((HWND)(intptr_t)-1)
#define MOST_MESSAGES 10000u
#define SHORTEST_TIMER 10u

DWORD WINAPI WaitForMultipleObjectsEx(DWORD count, const HANDLE *handles, BOOL all, DWORD milliseconds, BOOL alertable);
BOOL WINAPI SetEvent(HANDLE event);
BOOL WINAPI ResetEvent(HANDLE event);
DWORD WINAPI GetTickCount(void);
ULONGLONG WINAPI GetTickCount64(void);
DWORD WINAPI GetCurrentThreadId(void);

struct posted {
	struct posted *next;
	MSG message;
};

/* A message that another thread waits for; it lies on that thread's stack. */
struct sent {
	struct sent *next;
	HWND window;
	UINT message;
	WPARAM w;
	LPARAM l;
	LRESULT result;
	bool done;
	struct queue *sender;
};

struct timer {
	struct timer *next;
	HWND window;
	UINT_PTR id;
	PVOID procedure;
	UINT elapse;
	ULONGLONG due;
	bool told; /* that it is due was in `changed` */
};

struct queue {
	struct queue *next;
	DWORD thread;
	HANDLE event; /* wakes the thread: something is new */
	struct posted *first, **last;
	unsigned count;
	struct sent *sent, **last_sent;
	struct sent *answering; /* whose procedures run, the innermost first */
	struct timer *timers;
	UINT_PTR last_id;
	bool quit;
	int quit_code;
	DWORD changed; /* QS_ bits since the thread looked last */
	DWORD time;    /* of the message that it got last */
};

static RTL_SRWLOCK lock;
static struct queue *queues;
static __thread struct queue *own;

/* The calling thread's; NULL with ERROR_NOT_ENOUGH_MEMORY. */
static struct queue *own_queue(void)
{
	struct queue *queue = own;

	if (queue)
		return queue;
	queue = calloc(1, sizeof(*queue));
	if (queue)
		queue->event = CreateEventW(NULL, TRUE, FALSE, NULL);
	if (!queue || !queue->event) {
		free(queue);
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	queue->last = &queue->first;
	queue->last_sent = &queue->sent;
	queue->thread = GetCurrentThreadId();
	RtlAcquireSRWLockExclusive(&lock);
	queue->next = queues;
	queues = queue;
	RtlReleaseSRWLockExclusive(&lock);
	return own = queue;
}

/* Nobody answers them any more; with the lock held.  A sender that wakes up may go, with its message. */
static void drop_sent(struct sent *sent)
{
	for (struct sent *next; sent; sent = next) {
		next = sent->next;
		sent->done = true;
		SetEvent(sent->sender->event);
	}
}

void user_thread_end(void)
{
	struct queue *queue = own;

	if (!queue)
		return;
	user_destroy_windows_of_thread();
	own = NULL;
	RtlAcquireSRWLockExclusive(&lock);
	drop_sent(queue->sent);
	drop_sent(queue->answering);
	for (struct queue **link = &queues; *link; link = &(*link)->next) {
		if (*link == queue) {
			*link = queue->next;
			break;
		}
	}
	RtlReleaseSRWLockExclusive(&lock);
	while (queue->first) {
		struct posted *posted = queue->first;

		queue->first = posted->next;
		free(posted);
	}
	while (queue->timers) {
		struct timer *timer = queue->timers;

		queue->timers = timer->next;
		free(timer);
	}
	CloseHandle(queue->event);
	free(queue);
}

/* --- posting --- */

bool user_post(DWORD thread, HWND window, UINT message, WPARAM w, LPARAM l)
{
	struct posted *posted = calloc(1, sizeof(*posted));
	struct queue *queue;
	DWORD error = 0;

	if (!posted) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return false;
	}
	posted->message = (MSG){.hwnd = window, .message = message, .wParam = w, .lParam = l, .time = GetTickCount()};
	RtlAcquireSRWLockExclusive(&lock);
	for (queue = queues; queue && queue->thread != thread; queue = queue->next)
		;
	if (!queue) {
		error = ERROR_INVALID_THREAD_ID;
	} else if (queue->count == MOST_MESSAGES) {
		error = ERROR_NOT_ENOUGH_QUOTA;
	} else {
		*queue->last = posted;
		queue->last = &posted->next;
		queue->count++;
		queue->changed |= QS_POSTED;
		SetEvent(queue->event);
	}
	RtlReleaseSRWLockExclusive(&lock);
	if (!error)
		return true;
	free(posted);
	set_last_error(error);
	return false;
}

EXPORT(user32, BOOL, PostThreadMessageW, (DWORD thread, UINT message, WPARAM w, LPARAM l))
{
	return user_post(thread, NULL, message, w, l);
}
EXPORT_ALIAS(user32, "PostThreadMessageA", PostThreadMessageW);

/* Without a window it is a message to the calling thread. */
EXPORT(user32, BOOL, PostMessageW, (HWND window, UINT message, WPARAM w, LPARAM l))
{
	DWORD thread = window ? user_window_thread(window) : GetCurrentThreadId();

	return thread && own_queue() && user_post(thread, window, message, w, l);
}
EXPORT_ALIAS(user32, "PostMessageA", PostMessageW);

bool user_make_queue(void)
{
	return own_queue() != NULL;
}

/* The calling thread's window is destroyed: its messages and timers go with it. */
void user_forget_window(HWND window)
{
	RtlAcquireSRWLockExclusive(&lock);
	for (struct posted **link = &own->first, *posted; (posted = *link);) {
		if (posted->message.hwnd != window) {
			link = &posted->next;
			continue;
		}
		*link = posted->next;
		if (!posted->next)
			own->last = link;
		own->count--;
		free(posted);
	}
	for (struct timer **link = &own->timers, *timer; (timer = *link);) {
		if (timer->window != window) {
			link = &timer->next;
			continue;
		}
		*link = timer->next;
		free(timer);
	}
	RtlReleaseSRWLockExclusive(&lock);
}

/* Answers what other threads have sent; the program's procedures run outside the lock. */
static void answer_sent(struct queue *queue)
{
	RtlAcquireSRWLockExclusive(&lock);
	while (queue->sent) {
		struct sent *sent = queue->sent;
		LRESULT result;

		queue->sent = sent->next;
		if (!queue->sent)
			queue->last_sent = &queue->sent;
		sent->next = queue->answering;
		queue->answering = sent;
		RtlReleaseSRWLockExclusive(&lock);
		result = user_call_window(sent->window, sent->message, sent->w, sent->l);
		RtlAcquireSRWLockExclusive(&lock);
		queue->answering = sent->next;
		sent->result = result;
		sent->done = true;
		SetEvent(sent->sender->event);
	}
	queue->changed &= ~QS_SENDMESSAGE;
	RtlReleaseSRWLockExclusive(&lock);
}

LRESULT user_send(DWORD thread, HWND window, UINT message, WPARAM w, LPARAM l)
{
	struct queue *self = own_queue(), *queue;
	struct sent sent = {.window = window, .message = message, .w = w, .l = l, .sender = self};
	bool done;

	if (!self)
		return 0;
	RtlAcquireSRWLockExclusive(&lock);
	for (queue = queues; queue && queue->thread != thread; queue = queue->next)
		;
	if (queue) {
		*queue->last_sent = &sent;
		queue->last_sent = &sent.next;
		queue->changed |= QS_SENDMESSAGE;
		SetEvent(queue->event);
	}
	done = !queue;
	RtlReleaseSRWLockExclusive(&lock);
	/* What is sent to this thread meanwhile is answered: two threads may send to each other. */
	while (!done) {
		answer_sent(self);
		RtlAcquireSRWLockExclusive(&lock);
		done = sent.done;
		if (!done && !self->sent)
			ResetEvent(self->event);
		RtlReleaseSRWLockExclusive(&lock);
		if (!done)
			WaitForMultipleObjectsEx(1, &self->event, FALSE, INFINITE, FALSE);
	}
	return sent.result;
}

EXPORT(user32, void, PostQuitMessage, (int code))
{
	struct queue *queue = own_queue();

	if (!queue)
		return;
	RtlAcquireSRWLockExclusive(&lock);
	queue->quit = true;
	queue->quit_code = code;
	queue->changed |= QS_POSTED;
	RtlReleaseSRWLockExclusive(&lock);
}

/* --- timers --- */

EXPORT(user32, UINT_PTR, SetTimer, (HWND window, UINT_PTR id, UINT elapse, PVOID procedure))
{
	struct queue *queue = own_queue();
	struct timer *timer, *fresh;

	if (!queue || (window && !user_window_thread(window)))
		return 0;
	if (window && user_window_thread(window) != GetCurrentThreadId()) {
		set_last_error(ERROR_ACCESS_DENIED);
		return 0;
	}
	if (elapse < SHORTEST_TIMER)
		elapse = SHORTEST_TIMER;
	if (elapse > 0x7FFFFFFF)
		elapse = 0x7FFFFFFF;
	fresh = calloc(1, sizeof(*fresh));
	RtlAcquireSRWLockExclusive(&lock);
	for (timer = queue->timers; timer && (timer->id != id || timer->window != window); timer = timer->next)
		;
	/* A timer without a window has an id of its own making. */
	if (!timer && fresh) {
		timer = fresh;
		fresh = NULL;
		timer->window = window;
		timer->id = window ? id : ++queue->last_id;
		timer->next = queue->timers;
		queue->timers = timer;
	}
	if (timer) {
		timer->procedure = procedure;
		timer->elapse = elapse;
		timer->due = GetTickCount64() + elapse;
		timer->told = false;
		id = timer->id ? timer->id : 1;
	}
	RtlReleaseSRWLockExclusive(&lock);
	free(fresh);
	if (!timer)
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
	return timer ? id : 0;
}

EXPORT(user32, UINT_PTR, SetCoalescableTimer, (HWND window, UINT_PTR id, UINT elapse, PVOID procedure, ULONG tolerance))
{
	(void)tolerance;
	return SetTimer(window, id, elapse, procedure);
}

EXPORT(user32, BOOL, KillTimer, (HWND window, UINT_PTR id))
{
	struct queue *queue = own_queue();
	struct timer *timer = NULL;

	if (!queue || (window && !user_window_thread(window)))
		return FALSE;
	RtlAcquireSRWLockExclusive(&lock);
	for (struct timer **link = &queue->timers; *link; link = &(*link)->next) {
		if ((*link)->id == id && (*link)->window == window) {
			timer = *link;
			*link = timer->next;
			break;
		}
	}
	RtlReleaseSRWLockExclusive(&lock);
	free(timer);
	if (!timer)
		set_last_error(ERROR_INVALID_PARAMETER);
	return timer != NULL;
}

/* --- getting; with the lock held --- */

/* What a call asks for. */
struct filter {
	HWND window;
	UINT first, last;
};

static bool wanted(const struct filter *filter, HWND window, UINT message)
{
	if (filter->window && filter->window != window && !(filter->window == THREAD_MESSAGES && !window))
		return false;
	return (!filter->first && !filter->last) || (message >= filter->first && message <= filter->last);
}

static bool take_posted(struct queue *queue, MSG *message, const struct filter *filter, bool remove)
{
	for (struct posted **link = &queue->first, *posted; (posted = *link); link = &posted->next) {
		if (!wanted(filter, posted->message.hwnd, posted->message.message))
			continue;
		*message = posted->message;
		if (remove) {
			*link = posted->next;
			if (!posted->next)
				queue->last = link;
			queue->count--;
			free(posted);
		}
		return true;
	}
	return false;
}

static bool take_timer(struct queue *queue, MSG *message, const struct filter *filter, bool remove)
{
	ULONGLONG now = GetTickCount64();
	struct timer *found = NULL;

	for (struct timer *timer = queue->timers; timer; timer = timer->next) {
		if (timer->due <= now && wanted(filter, timer->window, WM_TIMER) && (!found || timer->due < found->due))
			found = timer;
	}
	if (!found)
		return false;
	*message = (MSG){.hwnd = found->window,
			 .message = WM_TIMER,
			 .wParam = found->id,
			 .lParam = (LPARAM)found->procedure,
			 .time = GetTickCount()};
	if (remove) {
		found->due = now + found->elapse;
		found->told = false;
	}
	return true;
}

/* The state of the queue: what it holds now. */
static DWORD state_of(struct queue *queue)
{
	ULONGLONG now = GetTickCount64();
	DWORD state = (queue->first || queue->quit ? QS_POSTED : 0) | (queue->sent ? QS_SENDMESSAGE : 0);

	for (struct timer *timer = queue->timers; timer; timer = timer->next) {
		if (timer->due > now)
			continue;
		state |= QS_TIMER;
		if (!timer->told)
			queue->changed |= QS_TIMER;
		timer->told = true;
	}
	return state;
}

static bool take(struct queue *queue, MSG *message, const struct filter *filter, UINT flags)
{
	DWORD kinds = flags >> 16 ? flags >> 16 : QS_ALL;
	bool remove = flags & PM_REMOVE, found;

	answer_sent(queue);
	RtlAcquireSRWLockExclusive(&lock);
	state_of(queue);
	queue->changed &= QS_SENDMESSAGE;
	found = kinds & QS_POSTED && take_posted(queue, message, filter, remove);
	if (!found && kinds & QS_POSTED && queue->quit) {
		*message = (MSG){.message = WM_QUIT, .wParam = (WPARAM)queue->quit_code, .time = GetTickCount()};
		queue->quit = !remove;
		found = true;
	}
	if (!found && kinds & QS_TIMER)
		found = take_timer(queue, message, filter, remove);
	if (found)
		queue->time = message->time;
	RtlReleaseSRWLockExclusive(&lock);
	return found;
}

/* (HWND)-1 are the messages of the thread that belong to no window. */
static bool check_window(HWND window)
{
	return !window || window == THREAD_MESSAGES || user_window_thread(window);
}

EXPORT(user32, BOOL, PeekMessageW, (MSG * message, HWND window, UINT first, UINT last, UINT flags))
{
	struct queue *queue = own_queue();

	return queue && check_window(window) && take(queue, message, &(struct filter){window, first, last}, flags);
}
EXPORT_ALIAS(user32, "PeekMessageA", PeekMessageW);

/* Milliseconds until a timer is due that has not been told yet. */
static DWORD until_timer(const struct queue *queue)
{
	ULONGLONG now = GetTickCount64(), shortest = INFINITE;

	for (const struct timer *timer = queue->timers; timer; timer = timer->next) {
		if (!timer->told && (timer->due <= now || timer->due - now < shortest))
			shortest = timer->due <= now ? 0 : timer->due - now;
	}
	return (DWORD)shortest;
}

EXPORT(user32, DWORD, MsgWaitForMultipleObjectsEx,
       (DWORD count, const HANDLE *handles, DWORD milliseconds, DWORD wake, DWORD flags))
{
	ULONGLONG end = GetTickCount64() + milliseconds;
	struct queue *queue = own_queue();
	HANDLE all[64];

	if (count >= ARRAY_SIZE(all) || !queue) {
		if (queue)
			set_last_error(ERROR_INVALID_PARAMETER);
		return 0xFFFFFFFF; /* WAIT_FAILED */
	}
	if (count)
		memcpy(all, handles, count * sizeof(*all));
	all[count] = queue->event;
	for (;;) {
		DWORD left = INFINITE, timer, state, result;
		bool ready;

		if (milliseconds != INFINITE) {
			ULONGLONG now = GetTickCount64();

			left = now < end ? (DWORD)(end - now) : 0;
		}
		RtlAcquireSRWLockExclusive(&lock);
		state = state_of(queue);
		ready = (flags & MWMO_INPUTAVAILABLE ? state | queue->changed : queue->changed) & wake;
		timer = wake & QS_TIMER ? until_timer(queue) : INFINITE;
		if (ready)
			SetEvent(queue->event);
		else
			ResetEvent(queue->event);
		RtlReleaseSRWLockExclusive(&lock);
		result = WaitForMultipleObjectsEx(count + 1, all, (flags & MWMO_WAITALL) != 0,
						  timer < left ? timer : left, (flags & MWMO_ALERTABLE) != 0);
		/* The event may be of a kind that is not waited for; a timer ends the wait only by being due. */
		if ((result == 0x102 && timer < left) || (result == count && !ready && !(flags & MWMO_WAITALL)))
			continue;
		return result;
	}
}

EXPORT(user32, DWORD, MsgWaitForMultipleObjects,
       (DWORD count, const HANDLE *handles, BOOL all, DWORD milliseconds, DWORD wake))
{
	return MsgWaitForMultipleObjectsEx(count, handles, milliseconds, wake, all ? MWMO_WAITALL : 0);
}

/* Until there is something that has not been looked at. */
EXPORT(user32, BOOL, WaitMessage, (void))
{
	return MsgWaitForMultipleObjectsEx(0, NULL, INFINITE, QS_ALL, 0) != 0xFFFFFFFF;
}

/* FALSE for WM_QUIT, -1 for an error. */
EXPORT(user32, BOOL, GetMessageW, (MSG * message, HWND window, UINT first, UINT last))
{
	struct queue *queue = own_queue();

	if (!queue || !check_window(window))
		return -1;
	while (!take(queue, message, &(struct filter){window, first, last}, PM_REMOVE)) {
		if (MsgWaitForMultipleObjectsEx(0, NULL, INFINITE, QS_ALL, 0) == 0xFFFFFFFF)
			return -1;
	}
	return message->message != WM_QUIT;
}
EXPORT_ALIAS(user32, "GetMessageA", GetMessageW);

/* What there is (high half) and what is new since the last look (low half). */
EXPORT(user32, DWORD, GetQueueStatus, (UINT flags))
{
	struct queue *queue = own_queue();
	DWORD state, changed;

	if (!queue)
		return 0;
	RtlAcquireSRWLockExclusive(&lock);
	state = state_of(queue) & flags;
	changed = queue->changed & flags;
	queue->changed &= ~flags;
	RtlReleaseSRWLockExclusive(&lock);
	return state << 16 | changed;
}

EXPORT(user32, LONG, GetMessageTime, (void))
{
	return own ? (LONG)own->time : 0;
}
