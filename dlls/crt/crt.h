/*
 * dlls/crt/crt.h - what the files of the C runtime share.  Read dlls/crt/README.md first.
 *
 * One implementation serves msvcrt.dll and ucrtbase.dll (with vcruntime140.dll).  The room promises Microsoft's
 * behaviour of each, down to errno, the invalid parameter handler and the layout of what programs can see.
 * Types are Windows': `long` is LONG (32 bits), wchar_t is WCHAR, time_t is 64 bits unless a name says 32.
 */
#ifndef PEWTER_DLLS_CRT_CRT_H
#define PEWTER_DLLS_CRT_CRT_H

#include "nt/ntdef.h"
#include "pewter/export.h"
#include <stdbool.h>

/*
 * Exports.  CRT(int, abs, (int x)) { ... } defines crt_abs, exported as "abs" from both runtimes.  A function of one
 * runtime only is declared with CRT_MSVCRT or CRT_UCRT; one whose behaviour differs is written twice, under two C
 * symbols, with CRT_MSVCRT_AS and CRT_UCRT_AS.  CRT_ALIAS and its kin give one more name to a C symbol.
 */
#define CRT_MSVCRT_AS(exported, type, symbol, params) EXPORT_C(msvcrt, exported, type, symbol, params)
#define CRT_UCRT_AS(exported, type, symbol, params) EXPORT_C(ucrtbase, exported, type, symbol, params)
#define CRT_MSVCRT(type, name, params) EXPORT_C(msvcrt, #name, type, crt_##name, params)
#define CRT_UCRT(type, name, params) EXPORT_C(ucrtbase, #name, type, crt_##name, params)
#define CRT(type, name, params)                                                                                             \
	EXPORT_RECORD_(msvcrt, #name, crt_##name, 0);                                                                       \
	EXPORT_RECORD_(ucrtbase, #name, crt_##name, 0);                                                                     \
	type CDECL crt_##name params;                                                                                       \
	type CDECL crt_##name params
/* Both runtimes and vcruntime140. */
#define CRT_VC(type, name, params)                                                                                          \
	EXPORT_RECORD_(vcruntime140, #name, crt_##name, 0);                                                                 \
	CRT(type, name, params)
#define CRT_ALIAS_MSVCRT(exported, symbol) EXPORT_ALIAS(msvcrt, exported, symbol)
#define CRT_ALIAS_UCRT(exported, symbol) EXPORT_ALIAS(ucrtbase, exported, symbol)
#define CRT_ALIAS(exported, symbol)                                                                                         \
	EXPORT_ALIAS(msvcrt, exported, symbol);                                                                             \
	EXPORT_ALIAS(ucrtbase, exported, symbol)

/* A function and its twin with a locale: CRT_L(int, _isfoo, (c, NULL), int c) { body of _isfoo_l, which has `locale` }.
 * The second argument is what the plain function passes on. */
#define CRT_L(type, name, arguments, ...)                                                                                   \
	type CDECL crt_##name##_l(__VA_ARGS__, crt_locale_t locale);                                                        \
	CRT(type, name, (__VA_ARGS__))                                                                                      \
	{                                                                                                                   \
		return crt_##name##_l arguments;                                                                            \
	}                                                                                                                   \
	CRT(type, name##_l, (__VA_ARGS__, crt_locale_t locale))
/* The same where the twin has a leading underscore more: isalpha, _isalpha_l. */
#define CRT_L_(type, name, arguments, ...)                                                                                  \
	type CDECL crt__##name##_l(__VA_ARGS__, crt_locale_t locale);                                                       \
	CRT(type, name, (__VA_ARGS__))                                                                                      \
	{                                                                                                                   \
		return crt__##name##_l arguments;                                                                           \
	}                                                                                                                   \
	CRT(type, _##name##_l, (__VA_ARGS__, crt_locale_t locale))

enum crt_flavour { CRT_FLAVOUR_MSVCRT, CRT_FLAVOUR_UCRT, CRT_FLAVOUR_COUNT };

typedef LONG errno_t;
typedef int64_t time64_t;
typedef int32_t time32_t;

/* The errno values of <errno.h> of Windows. */
enum {
	CRT_EPERM = 1,
	CRT_ENOENT = 2,
	CRT_ESRCH = 3,
	CRT_EINTR = 4,
	CRT_EIO = 5,
	CRT_ENXIO = 6,
	CRT_E2BIG = 7,
	CRT_ENOEXEC = 8,
	CRT_EBADF = 9,
	CRT_ECHILD = 10,
	CRT_EAGAIN = 11,
	CRT_ENOMEM = 12,
	CRT_EACCES = 13,
	CRT_EFAULT = 14,
	CRT_EBUSY = 16,
	CRT_EEXIST = 17,
	CRT_EXDEV = 18,
	CRT_ENODEV = 19,
	CRT_ENOTDIR = 20,
	CRT_EISDIR = 21,
	CRT_EINVAL = 22,
	CRT_ENFILE = 23,
	CRT_EMFILE = 24,
	CRT_ENOTTY = 25,
	CRT_EFBIG = 27,
	CRT_ENOSPC = 28,
	CRT_ESPIPE = 29,
	CRT_EROFS = 30,
	CRT_EMLINK = 31,
	CRT_EPIPE = 32,
	CRT_EDOM = 33,
	CRT_ERANGE = 34,
	CRT_EDEADLOCK = 36,
	CRT_ENAMETOOLONG = 38,
	CRT_ENOLCK = 39,
	CRT_ENOSYS = 40,
	CRT_ENOTEMPTY = 41,
	CRT_EILSEQ = 42,
	CRT_STRUNCATE = 80
};

#define CRT_TRUNCATE ((size_t)-1)

/* msvcrt's FILE.  Programs built against msvcrt.dll index _iob with this size and use some of the fields. */
struct crt_iobuf {
	char *ptr;
	INT cnt;
	char *base;
	INT flag;
	INT file;
	INT charbuf;
	INT bufsiz;
	char *tmpfname;
};
#define CRT_IOB_ENTRIES 20

/* struct lconv of <locale.h>. */
struct crt_lconv {
	char *decimal_point;
	char *thousands_sep;
	char *grouping;
	char *int_curr_symbol;
	char *currency_symbol;
	char *mon_decimal_point;
	char *mon_thousands_sep;
	char *mon_grouping;
	char *positive_sign;
	char *negative_sign;
	char int_frac_digits;
	char frac_digits;
	char p_cs_precedes;
	char p_sep_by_space;
	char n_cs_precedes;
	char n_sep_by_space;
	char p_sign_posn;
	char n_sign_posn;
	WCHAR *w_decimal_point;
	WCHAR *w_thousands_sep;
	WCHAR *w_int_curr_symbol;
	WCHAR *w_currency_symbol;
	WCHAR *w_mon_decimal_point;
	WCHAR *w_mon_thousands_sep;
	WCHAR *w_positive_sign;
	WCHAR *w_negative_sign;
};

#define CRT_PIOINFO_ENTRIES 64

/*
 * The variables that programs reach by name (msvcrt.dll's data exports) or through __p_* functions.  Each of the two
 * DLLs has one of these in its image; see crt_variables().
 */
struct crt_variables {
	struct crt_iobuf iob[CRT_IOB_ENTRIES];
	char *acmdln;
	WCHAR *wcmdln;
	INT argc;
	char **argv;
	WCHAR **wargv;
	char **environ;
	WCHAR **wenviron;
	char **initenv;
	WCHAR **winitenv;
	char *pgmptr;
	WCHAR *wpgmptr;
	INT fmode;
	INT commode;
	UINT osplatform;
	UINT osver;
	UINT winver;
	UINT winmajor;
	UINT winminor;
	void *badioinfo;                     /* lowio: ioinfo of an invalid descriptor */
	void *pioinfo[CRT_PIOINFO_ENTRIES];  /* lowio: arrays of 32 ioinfo */
	BYTE badioinfo_storage[72];
	INT fileinfo;
	LONG timezone; /* seconds west of UTC, without daylight saving */
	INT daylight;
	LONG dstbias; /* seconds, -3600 */
	char *tzname[2];
	char tzname_buffer[2][64];
	char *sys_errlist[44];
	INT sys_nerr;
	double huge;
	INT mb_cur_max;
	const USHORT *pctype;
	const USHORT *pwctype;
	UINT lc_codepage;
	UINT lc_collate_cp;
	LCID lc_handle[6];
	BYTE mbctype[257];
	BYTE mbcasemap[256];
	LONG unguarded_readlc_active;
	INT setlc_active;
	INT adjust_fdiv;
	void *aexit_rtn;
	INT crt_assert_busy;
	INT aexit_padding;
	USHORT ctype_table[384]; /* [-1 .. 255] of the current locale at index 128 - 1 */
};

/* Each runtime's variables; NULL while its DLL is not loaded. */
extern struct crt_variables *crt_variables_of[CRT_FLAVOUR_COUNT];
/* Those of the runtime that was loaded first: what shared code reads. */
extern struct crt_variables *crt_variables;

/* Whether shared code is to follow the UCRT where the two differ. */
static inline bool crt_is_ucrt(void)
{
	return crt_variables != NULL && crt_variables == crt_variables_of[CRT_FLAVOUR_UCRT];
}

/* The calling thread's data.  Lives in host TLS: reached with one instruction, freed with the thread. */
struct crt_thread {
	INT error;       /* errno */
	ULONG dos_error; /* _doserrno */
	UINT rand_state;
	bool rand_seeded;
	char *strtok_next;
	WCHAR *wcstok_next;
	BYTE *mbstok_next;
	void *invalid_parameter_handler; /* thread-local one (ucrt) */
	void *signal_handlers[3];        /* SIGFPE, SIGILL, SIGSEGV are per thread */
	INT fpe_code;
	void *exception_pointers; /* __pxcptinfoptrs */
	void *current_exception;  /* vcruntime: EXCEPTION_RECORD * */
	void *current_exception_context;
	INT processing_throw;
	void *terminate_handler;
	void *unexpected_handler;
	void *se_translator;
	struct crt_locale *locale; /* NULL: the process's */
	bool per_thread_locale;
	HANDLE thread_handle; /* of _beginthread, closed by _endthread */
	char asctime_buffer[26];
	WCHAR wasctime_buffer[26];
	char error_buffer[256]; /* strerror, _strerror */
	WCHAR werror_buffer[256];
	struct crt_tm {
		INT tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst;
	} tm; /* gmtime, localtime */
	char *fcvt_buffer; /* _ecvt, _fcvt; number conversion owns it */
	WCHAR *tmpnam_buffer;
	void *stdio; /* stdio's own per-thread data, if it needs any */
};
extern __thread struct crt_thread crt_self;

static inline void crt_set_errno(INT error)
{
	crt_self.error = error;
}

/* errno and _doserrno from a Win32 error, as _dosmaperr; returns the errno. */
INT crt_map_error(DWORD win32_error);
/* The same from the thread's last error; returns -1, the result of the functions that fail so. */
INT crt_fail_last_error(void);

const char *crt_error_message(INT error);
/* Ends the process as __fastfail does, with a message. */
void crt_fail_fast(const char *what) __attribute__((noreturn));

/*
 * The invalid parameter handler: the thread's, the process's, else what the runtime does by default: the UCRT
 * fails fast, msvcrt.dll goes on.  So it may return.
 */
void crt_invalid_parameter(void);
/* errno = error, then the handler; the value to return. */
errno_t crt_invalid(errno_t error);
/* In a function that returns `value` on an invalid parameter: CRT_VALIDATE(p != NULL, EINVAL, -1). */
#define CRT_VALIDATE(condition, error, value)                                                                               \
	do {                                                                                                                \
		if (!(condition)) {                                                                                         \
			crt_invalid(CRT_##error);                                                                           \
			return value;                                                                                       \
		}                                                                                                           \
	} while (0)
/* In a function that returns errno_t. */
#define CRT_VALIDATE_E(condition, error) CRT_VALIDATE(condition, error, CRT_##error)

enum { CRT_LC_ALL, CRT_LC_COLLATE, CRT_LC_CTYPE, CRT_LC_MONETARY, CRT_LC_NUMERIC, CRT_LC_TIME, CRT_LC_COUNT };

/* Character classes of <ctype.h>. */
enum {
	CRT_UPPER = 1,
	CRT_LOWER = 2,
	CRT_DIGIT = 4,
	CRT_SPACE = 8,
	CRT_PUNCT = 0x10,
	CRT_CONTROL = 0x20,
	CRT_BLANK = 0x40,
	CRT_HEX = 0x80,
	CRT_ALPHA = 0x103,
	CRT_LEADBYTE = 0x8000
};

/* What strftime writes, in the layout that _Gettnames gives out. */
enum {
	CRT_TIME_SHORT_DAY = 0,
	CRT_TIME_DAY = 7,
	CRT_TIME_SHORT_MONTH = 14,
	CRT_TIME_MONTH = 26,
	CRT_TIME_AM = 38, /* and PM */
	CRT_TIME_DATE = 40,
	CRT_TIME_LONG_DATE,
	CRT_TIME_CLOCK,
	CRT_TIME_TEXTS
};
struct crt_time_data {
	char *narrow[CRT_TIME_TEXTS];
	LCID lcid;
	INT page, unused;
	WCHAR *wide[CRT_TIME_TEXTS];
};
_Static_assert(sizeof(struct crt_time_data) == 0x2C0, "what _Gettnames points to");

/*
 * Locales.  The guest's _locale_t points to a struct crt_locale_pair as in the SDK headers, whose inline functions read
 * the first members of locinfo.
 */
struct crt_locale {
	const USHORT *pctype; /* SDK inline functions read these three */
	INT mb_cur_max;
	UINT code_page; /* 0 = "C": bytes are characters */
	UINT collate_code_page;
	bool dbcs; /* a code page with lead bytes */
	bool utf8;
	LCID lcid[6];       /* by LC_*; 0: "C" */
	UINT code_pages[6]; /* that came with each category's name */
	char name[6][64];   /* what setlocale reports for the category */
	WCHAR locale_name[6][16]; /* "de-DE" */
	WCHAR *locale_names[6];   /* NULL: "C" */
	char full_name[448]; /* and for LC_ALL */
	WCHAR wide_name[448]; /* of the last _wsetlocale */
	BYTE lower[256], upper[256];
	WCHAR wide[256];   /* single bytes as UTF-16; 0xFFFF: a lead byte or no character */
	USHORT ctype[257]; /* [-1..255] */
	struct crt_lconv lconv;
	struct crt_time_data *time_data;
	size_t texts_used;
	_Alignas(2) char texts[512]; /* what lconv points to */
};
struct crt_multibyte {
	INT references;
	INT code_page; /* 0: single byte */
	INT is_dbcs;
	BYTE ctype[257]; /* [-1..255], _MS and friends */
	BYTE casemap[256];
};
typedef struct crt_locale_pair {
	struct crt_locale *locale;
	struct crt_multibyte *multibyte;
} *crt_locale_t;

extern struct crt_locale crt_c_locale;
extern struct crt_locale *crt_process_locale;
/* The locale to use: of a _locale_t, else the thread's, else the process's. */
static inline struct crt_locale *crt_locale(crt_locale_t locale)
{
	if (locale != NULL)
		return locale->locale;
	return crt_self.locale != NULL ? crt_self.locale : crt_process_locale;
}

static inline bool crt_is_lead(const struct crt_locale *locale, BYTE c)
{
	return locale->dbcs && (locale->ctype[c + 1] & 0x8000) != 0;
}

/* EILSEQ; -1. */
static inline INT crt_illegal(void)
{
	crt_self.error = CRT_EILSEQ;
	return -1;
}

/* One character of the locale's code page to UTF-16 (which for UTF-8 may be two units).  Returns the bytes taken, 0 for
 * a null character, -1 when invalid, -2 when `size` bytes are only its beginning; *units is the count stored (0-2). */
INT crt_locale_to_wide(const struct crt_locale *locale, const char *from, size_t size, WCHAR to[2], INT *units);
/* The same, but that a pair that is no character is the code page's default one: what mbtowc and fgetwc do. */
INT crt_locale_to_wide_loosely(const struct crt_locale *locale, const char *from, size_t size, WCHAR to[2], INT *units);
/* One code point to the locale's code page: bytes stored (at most 5), -1 when it has no such character. */
INT crt_locale_from_wide(const struct crt_locale *locale, uint32_t code_point, char *to);


/* Case of a wide character: ASCII only in "C". */
WCHAR crt_wide_lower(const struct crt_locale *locale, WCHAR c);
WCHAR crt_wide_upper(const struct crt_locale *locale, WCHAR c);
/* The classes (_UPPER...) of a wide character. */
USHORT crt_wide_class(WCHAR c);
/* The tables of "C": [-1..255]. */
extern const USHORT crt_c_ctype[257];
const USHORT *crt_wide_table(void);

/* Guest memory for what guests may free or keep: the process heap.  NULL: no memory (errno is not set). */
void *crt_heap_allocate(size_t size);
void *crt_heap_reallocate(void *block, size_t size);
void crt_heap_free(void *block);
char *crt_heap_strdup(const char *string);
WCHAR *crt_heap_wcsdup(const WCHAR *string);
/* File names, environment strings and command lines: UTF-16 to the ANSI code page and back, on the process heap.
 * NULL: no memory; errno is ENOMEM. */
char *crt_narrow(const WCHAR *string);
WCHAR *crt_widen(const char *string);

/* Lengths and copies for host code. */
size_t crt_wide_length(const WCHAR *string);

/* Functions that other files call. */
INT CDECL crt_raise(INT number);
void CDECL crt__exit(INT code);
char *CDECL crt_getenv(const char *name);
WCHAR *CDECL crt__wgetenv(const WCHAR *name);
void CDECL crt__tzset(void);
INT CDECL crt__set_new_mode(INT mode);
bool crt_has_abort_handler(void);
void crt_abort(void) __attribute__((noreturn));
extern void *crt_purecall_handler;
void *CDECL crt__set_purecall_handler(void *handler);
void *CDECL crt__get_purecall_handler(void);
/* The multibyte tables of a code page (0: single byte); interned. */
struct crt_multibyte *crt_multibyte_for(UINT code_page);
bool crt_code_page_lead(UINT code_page, BYTE c);

/* Recursive locks of the runtime by number, those of _lock(); 0..CRT_LOCKS-1. */
enum { CRT_LOCK_EXIT = 8, CRT_LOCK_ENVIRONMENT = 7, CRT_LOCK_TIME = 6, CRT_LOCK_LOCALE = 12, CRT_LOCK_STDIO = 1,
       CRT_LOCK_LOWIO = 11, CRT_LOCK_SIGNAL = 0, CRT_LOCK_HEAP = 4, CRT_LOCK_MULTIBYTE = 25, CRT_LOCKS = 36 };
void crt_lock(INT number);
void crt_unlock(INT number);

/* Start and end of the parts, called by the DLLs' entries and by exit(). */
void crt_startup_attach(struct crt_variables *variables, enum crt_flavour flavour);
void crt_errno_attach(struct crt_variables *variables);
void crt_locale_attach(struct crt_variables *variables);
void crt_multibyte_attach(struct crt_variables *variables);
void crt_time_attach(struct crt_variables *variables);
/* Fills the tables of the "C" locale; the attach does it, tests without one call it themselves. */
void crt_locale_initialize(void);
/* stdio and low-level files: descriptors from the standard handles and the start-up information; _iob. */
void crt_stdio_attach(struct crt_variables *variables, enum crt_flavour flavour);
/* Flushes and closes streams, removes temporary files: the end of exit(). */
void crt_stdio_exit(void);
void crt_thread_detach(void);
/* The process ends without exit() or _exit(): by ExitProcess.  Streams are flushed; msvcrt.dll runs its exit functions
 * too. */
void crt_process_detach(enum crt_flavour flavour);

#endif
