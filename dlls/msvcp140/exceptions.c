/*
 * dlls/msvcp140/exceptions.c - the functions that throw the standard library's exceptions, the members of those classes,
 * and the names of error codes.
 */
#include "dlls/msvcp140/streams.h"

struct error_category {
	const void *const *vftable;
	ULONG_PTR address; /* what categories are compared by */
};

struct system_error {
	struct cxx_exception base;
	INT code;
	const struct error_category *category;
};

struct regex_error {
	struct cxx_exception base;
	INT code;
};

/* std::string */
struct string {
	union {
		char small[16];
		char *large;
	} text;
	size_t length;
	size_t capacity; /* 15: small */
};

/* Reached through the tables. */
struct system_error *WINAPI cxx_system_error_copy(struct system_error *to, const struct system_error *from,
						  const void *const *vftable);
struct system_error *WINAPI cxx_system_error_copy(struct system_error *to, const struct system_error *from,
						  const void *const *vftable)
{
	cxx_exception_copy(&to->base, &from->base, vftable);
	to->code = from->code;
	to->category = from->category;
	return to;
}

struct regex_error *WINAPI cxx_regex_error_copy(struct regex_error *to, const struct regex_error *from,
						const void *const *vftable);
struct regex_error *WINAPI cxx_regex_error_copy(struct regex_error *to, const struct regex_error *from,
						const void *const *vftable)
{
	cxx_exception_copy(&to->base, &from->base, vftable);
	to->code = from->code;
	return to;
}

/* --- error codes --- */

struct message {
	USHORT code;
	const char *text;
};
/* errc of <system_error>, with the texts of generic_category(). */
static const struct message messages[] = {
	{1, "operation not permitted"}, {2, "no such file or directory"}, {3, "no such process"}, {4, "interrupted"},
	{5, "io error"}, {6, "no such device or address"}, {7, "argument list too long"}, {8, "executable format error"},
	{9, "bad file descriptor"}, {10, "no child process"}, {11, "resource unavailable try again"},
	{12, "not enough memory"}, {13, "permission denied"}, {14, "bad address"}, {16, "device or resource busy"},
	{17, "file exists"}, {18, "cross device link"}, {19, "no such device"}, {20, "not a directory"},
	{21, "is a directory"}, {22, "invalid argument"}, {23, "too many files open in system"},
	{24, "too many files open"}, {25, "inappropriate io control operation"}, {27, "file too large"},
	{28, "no space on device"}, {29, "invalid seek"}, {30, "read only file system"}, {31, "too many links"},
	{32, "broken pipe"}, {33, "argument out of domain"}, {34, "result out of range"},
	{36, "resource deadlock would occur"}, {38, "filename too long"}, {39, "no lock available"},
	{40, "function not supported"}, {41, "directory not empty"}, {42, "illegal byte sequence"},
	{100, "address in use"}, {101, "address not available"}, {102, "address family not supported"},
	{103, "connection already in progress"}, {104, "bad message"}, {105, "operation canceled"},
	{106, "connection aborted"}, {107, "connection refused"}, {108, "connection reset"},
	{109, "destination address required"}, {110, "host unreachable"}, {111, "identifier removed"},
	{112, "operation in progress"}, {113, "already connected"}, {114, "too many symbolic link levels"},
	{115, "message size"}, {116, "network down"}, {117, "network reset"}, {118, "network unreachable"},
	{119, "no buffer space"}, {120, "no message available"}, {121, "no link"}, {122, "no message"},
	{123, "no protocol option"}, {124, "no stream resources"}, {125, "not a stream"}, {126, "not connected"},
	{127, "state not recoverable"}, {128, "not a socket"}, {129, "not supported"},
	{130, "operation not supported"}, {132, "value too large"}, {133, "owner dead"}, {134, "protocol error"},
	{135, "protocol not supported"}, {136, "wrong protocol type"}, {137, "stream timeout"}, {138, "timed out"},
	{139, "text file busy"}, {140, "operation would block"},
};

STD(const char *, "?_Syserror_map@std@@YAPEBDH@Z", syserror_map, (INT code))
{
	size_t i;

	for (i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		if (messages[i].code == code)
			return messages[i].text;
	}
	return "unknown error";
}

struct pair {
	USHORT windows, code;
};
/* What default_error_condition() of the system category makes of Windows' errors. */
static const struct pair pairs[] = {
	{ERROR_ACCESS_DENIED, 13}, {ERROR_ALREADY_EXISTS, 17}, {ERROR_BAD_NETPATH, 2}, {ERROR_BAD_UNIT, 19},
	{ERROR_BROKEN_PIPE, 32}, {ERROR_BUFFER_OVERFLOW, 38}, {ERROR_BUSY, 16}, {142 /* ERROR_BUSY_DRIVE */, 16},
	{82 /* ERROR_CANNOT_MAKE */, 13}, {1011 /* ERROR_CANTOPEN */, 5}, {1012 /* ERROR_CANTREAD */, 5},
	{1013 /* ERROR_CANTWRITE */, 5}, {16 /* ERROR_CURRENT_DIRECTORY */, 13}, {55 /* ERROR_DEV_NOT_EXIST */, 19},
	{2404 /* ERROR_DEVICE_IN_USE */, 16}, {ERROR_DIR_NOT_EMPTY, 41}, {ERROR_DIRECTORY, 22}, {ERROR_DISK_FULL, 28},
	{ERROR_FILE_EXISTS, 17}, {ERROR_FILE_NOT_FOUND, 2}, {39 /* ERROR_HANDLE_DISK_FULL */, 28},
	{12 /* ERROR_INVALID_ACCESS */, 13}, {ERROR_INVALID_DRIVE, 19}, {ERROR_INVALID_FUNCTION, 40},
	{ERROR_INVALID_HANDLE, 22}, {ERROR_INVALID_NAME, 2}, {ERROR_LOCK_VIOLATION, 39}, {212 /* ERROR_LOCKED */, 39},
	{ERROR_NEGATIVE_SEEK, 22}, {ERROR_NOACCESS, 13}, {ERROR_NOT_ENOUGH_MEMORY, 12}, {ERROR_NOT_READY, 11},
	{ERROR_NOT_SAME_DEVICE, 18}, {110 /* ERROR_OPEN_FAILED */, 5}, {2401 /* ERROR_OPEN_FILES */, 16},
	{ERROR_OPERATION_ABORTED, 105}, {14 /* ERROR_OUTOFMEMORY */, 12}, {ERROR_PATH_NOT_FOUND, 2},
	{30 /* ERROR_READ_FAULT */, 5}, {4393 /* ERROR_REPARSE_TAG_INVALID */, 22}, {1237 /* ERROR_RETRY */, 11},
	{25 /* ERROR_SEEK */, 5}, {ERROR_SHARING_VIOLATION, 13}, {ERROR_TOO_MANY_OPEN_FILES, 24},
	{29 /* ERROR_WRITE_FAULT */, 5}, {ERROR_WRITE_PROTECT, 13},
	/* Sockets. */
	{10004, 4}, {10009, 9}, {10013, 13}, {10014, 14}, {10022, 22}, {10024, 24}, {10035, 140}, {10036, 112},
	{10037, 103}, {10038, 128}, {10039, 109}, {10040, 115}, {10041, 136}, {10042, 123}, {10043, 135}, {10045, 130},
	{10047, 102}, {10048, 100}, {10049, 101}, {10050, 116}, {10051, 118}, {10052, 117}, {10053, 106}, {10054, 108},
	{10055, 119}, {10056, 113}, {10057, 126}, {10060, 138}, {10061, 107}, {10063, 38}, {10065, 110},
};

/* 0: no errno says the same. */
STD(INT, "?_Winerror_map@std@@YAHH@Z", winerror_map, (INT error))
{
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (pairs[i].windows == error)
			return pairs[i].code;
	}
	return 0;
}

/* --- std::generic_category(), for the exceptions made here --- */

static void *WINAPI category_delete(void *category, UINT flags)
{
	(void)flags;
	return category;
}

static const char *WINAPI category_name(const struct error_category *category)
{
	(void)category;
	return "generic";
}

static struct string *set_string(struct string *to, const char *text)
{
	char *at = to->text.small;

	to->length = rtl_strlen(text);
	to->capacity = 15;
	if (to->length > to->capacity) {
		to->capacity = to->length | 15;
		at = to->text.large = msvcp_new(to->capacity + 1);
	}
	rtl_memcpy(at, text, to->length + 1);
	return to;
}

static struct string *WINAPI category_message(const struct error_category *category, struct string *to, INT code)
{
	(void)category;
	return set_string(to, msvcp_syserror_map(code));
}

struct error_value { /* error_code, error_condition */
	INT code;
	const struct error_category *category;
};

static struct error_value *WINAPI category_condition(const struct error_category *category, struct error_value *to, INT code)
{
	*to = (struct error_value){code, category};
	return to;
}

static bool WINAPI category_equivalent_condition(const struct error_category *category, INT code,
						 const struct error_value *condition)
{
	return condition->category->address == category->address && condition->code == code;
}

static bool WINAPI category_equivalent_code(const struct error_category *category, const struct error_value *value, INT code)
{
	return value->category->address == category->address && value->code == code;
}

static const void *const category_vftable[] = {
	category_delete, category_name, category_message, category_condition, category_equivalent_code,
	category_equivalent_condition,
};
static const struct error_category generic_category = {category_vftable, 3};

/* --- and std::iostream_category(), which knows one code of its own --- */

static const char *WINAPI iostream_category_name(const struct error_category *category)
{
	(void)category;
	return "iostream";
}

static struct string *WINAPI iostream_category_message(const struct error_category *category, struct string *to, INT code)
{
	return set_string(to, code == 1 ? "iostream stream error" : msvcp_syserror_map(code));
}

static const void *const iostream_category_vftable[] = {
	category_delete, iostream_category_name, iostream_category_message, category_condition, category_equivalent_code,
	category_equivalent_condition,
};
static const struct error_category iostream_category = {iostream_category_vftable, 5};

/* --- throwing --- */

errno_t CDECL crt_rand_s(UINT *to);

void msvcp_throw(enum msvcp_exception kind, const char *what)
{
	static const struct {
		const void *const *vftable;
		const struct cxx_throw_info *info;
	} classes[] = {
		[MSVCP_BAD_ALLOC] = {vftable_bad_alloc, &throw_bad_alloc},
		[MSVCP_BAD_FUNCTION_CALL] = {vftable_bad_function_call, &throw_bad_function_call},
		[MSVCP_BAD_CAST] = {vftable_bad_cast, &throw_bad_cast},
		[MSVCP_INVALID_ARGUMENT] = {vftable_invalid_argument, &throw_invalid_argument},
		[MSVCP_LENGTH_ERROR] = {vftable_length_error, &throw_length_error},
		[MSVCP_OUT_OF_RANGE] = {vftable_out_of_range, &throw_out_of_range},
		[MSVCP_OVERFLOW_ERROR] = {vftable_overflow_error, &throw_overflow_error},
		[MSVCP_RANGE_ERROR] = {vftable_range_error, &throw_range_error},
		[MSVCP_RUNTIME_ERROR] = {vftable_runtime_error, &throw_runtime_error},
	};
	struct cxx_exception e = {classes[kind].vftable, {what, false}};

	if (kind > MSVCP_BAD_CAST) {
		e.data.what = crt_heap_strdup(what);
		e.data.owned = e.data.what != NULL;
	}
	cxx_throw(&e, classes[kind].info, cxx_classes);
}

/* Throws a system_error, or a class derived from it, whose text is `what`: `text`. */
static void __attribute__((noreturn)) throw_code(struct system_error *e, const char *what, const char *text,
						 const struct cxx_throw_info *info)
{
	size_t size = rtl_strlen(what) + rtl_strlen(text) + 3;
	char *joined = crt_heap_allocate(size);

	e->base.data = (struct cxx_exception_data){what, false};
	if (joined != NULL) {
		rtl_strcpy(joined, what);
		rtl_strcpy(joined + rtl_strlen(joined), ": ");
		rtl_strcpy(joined + rtl_strlen(joined), text);
		e->base.data = (struct cxx_exception_data){joined, true};
	}
	cxx_throw(e, info, cxx_classes);
}

void msvcp_throw_errno(INT error, const char *what)
{
	struct system_error e = {.base.vftable = vftable_system_error, .code = error, .category = &generic_category};

	throw_code(&e, what, msvcp_syserror_map(error), &throw_system_error);
}

void msvcp_throw_failure(const char *what)
{
	struct system_error e = {.base.vftable = vftable_failure, .code = 1, .category = &iostream_category};

	throw_code(&e, what, "iostream stream error", &throw_failure);
}

void *msvcp_new(size_t size)
{
	void *block = crt_heap_allocate(size);

	if (block == NULL)
		msvcp_throw(MSVCP_BAD_ALLOC, "bad allocation");
	return block;
}

STD(void, "?_Xbad_alloc@std@@YAXXZ", Xbad_alloc, (void))
{
	msvcp_throw(MSVCP_BAD_ALLOC, "bad allocation");
}

STD(void, "?_Xbad_function_call@std@@YAXXZ", Xbad_function_call, (void))
{
	msvcp_throw(MSVCP_BAD_FUNCTION_CALL, "bad function call");
}

STD(void, "?_Xinvalid_argument@std@@YAXPEBD@Z", Xinvalid_argument, (const char *what))
{
	msvcp_throw(MSVCP_INVALID_ARGUMENT, what);
}

STD(void, "?_Xlength_error@std@@YAXPEBD@Z", Xlength_error, (const char *what))
{
	msvcp_throw(MSVCP_LENGTH_ERROR, what);
}

STD(void, "?_Xout_of_range@std@@YAXPEBD@Z", Xout_of_range, (const char *what))
{
	msvcp_throw(MSVCP_OUT_OF_RANGE, what);
}

STD(void, "?_Xoverflow_error@std@@YAXPEBD@Z", Xoverflow_error, (const char *what))
{
	msvcp_throw(MSVCP_OVERFLOW_ERROR, what);
}

STD(void, "?_Xrange_error@std@@YAXPEBD@Z", Xrange_error, (const char *what))
{
	msvcp_throw(MSVCP_RANGE_ERROR, what);
}

STD(void, "?_Xruntime_error@std@@YAXPEBD@Z", Xruntime_error, (const char *what))
{
	msvcp_throw(MSVCP_RUNTIME_ERROR, what);
}

/* By regex_constants::error_type, with the texts that what() is known for. */
STD(void, "?_Xregex_error@std@@YAXW4error_type@regex_constants@1@@Z", Xregex_error, (INT code))
{
	static const char *const texts[] = {
		"regex_error(error_collate): The expression contained an invalid collating element name.",
		"regex_error(error_ctype): The expression contained an invalid character class name.",
		"regex_error(error_escape): The expression contained an invalid escaped character, or a trailing escape.",
		"regex_error(error_backref): The expression contained an invalid back reference.",
		"regex_error(error_brack): The expression contained mismatched [ and ].",
		"regex_error(error_paren): The expression contained mismatched ( and ).",
		"regex_error(error_brace): The expression contained mismatched { and }.",
		"regex_error(error_badbrace): The expression contained an invalid range in a { expression }.",
		"regex_error(error_range): The expression contained an invalid character range, such as [b-a] in most "
		"encodings.",
		"regex_error(error_space): There was insufficient memory to convert the expression into a finite state "
		"machine.",
		"regex_error(error_badrepeat): One of *?+{ was not preceded by a valid regular expression.",
		"regex_error(error_complexity): The complexity of an attempted match against a regular expression exceeded "
		"a pre-set level.",
		"regex_error(error_stack): There was insufficient memory to determine whether the regular expression could "
		"match the specified character sequence.",
		"regex_error(error_parse)",
		"regex_error(error_syntax)",
	};
	bool known = code >= 0 && code < (INT)(sizeof(texts) / sizeof(texts[0]));
	struct regex_error e = {.base.vftable = vftable_regex_error, .code = code};

	e.base.data.what = crt_heap_strdup(known ? texts[code] : "regex_error");
	e.base.data.owned = e.base.data.what != NULL;
	cxx_throw(&e, &throw_regex_error, cxx_classes);
}

/* std::random_device */
STD(UINT, "?_Random_device@std@@YAIXZ", Random_device, (void))
{
	UINT value;

	crt_rand_s(&value);
	return value;
}

/* What <thread> and <mutex> throw, by the numbers of their own. */
STD(void, "?_Throw_Cpp_error@std@@YAXH@Z", Throw_Cpp_error, (INT which))
{
	static const BYTE codes[] = {
		CRT_EBUSY, CRT_EINVAL, CRT_ESRCH, CRT_ENOMEM, CRT_EPERM, CRT_EDEADLOCK, CRT_EAGAIN,
	};
	INT code = which >= 0 && which < (INT)sizeof(codes) ? codes[which] : CRT_EINVAL;

	msvcp_throw_errno(code, msvcp_syserror_map(code));
}

/* What a failed function of xthreads.h throws: its result says why. */
STD(void, "?_Throw_C_error@std@@YAXH@Z", Throw_C_error, (INT result))
{
	enum { SUCCESS, NO_MEMORY, TIMED_OUT, BUSY, ERROR };

	if (result == NO_MEMORY || result == ERROR)
		msvcp_Throw_Cpp_error(6);
	if (result == BUSY)
		msvcp_Throw_Cpp_error(0);
	crt_abort();
}

STD(bool, "?uncaught_exception@std@@YA_NXZ", uncaught_exception, (void))
{
	return crt_self.processing_throw != 0;
}

STD(INT, "?uncaught_exceptions@std@@YAHXZ", uncaught_exceptions, (void))
{
	return crt_self.processing_throw;
}
