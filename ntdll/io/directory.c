/*
 * ntdll/io/directory.c - NtQueryDirectoryFile(Ex) and NT's wildcards.
 *
 * The first call reads all names that match and sorts them as NTFS keeps them: by the upper-cased UTF-16 units, "." and
 * ".." first.  What Linux knows of a file is asked when its entry is given out; files gone by then are left out.
 */
#include "ntdll/io/private.h"

#include <stdlib.h>
#include <string.h>

struct io_scan {
	char16_t *pattern; /* of the first call */
	size_t pattern_length;
	bool all;
	struct found {
		uint32_t name; /* offsets */
		uint32_t wide;
		uint16_t wide_length;
		uint32_t instances, maximum; /* of a pipe */
	} *entries;
	size_t count, capacity;
	char *names;
	size_t names_length, names_capacity;
	char16_t *wides;
	size_t wides_length, wides_capacity;
	size_t next;
	bool read;
	bool failed;
	char *path; /* of the directory, ending in a slash */
};

void io_scan_free(struct io_scan *scan)
{
	free(scan->pattern);
	free(scan->entries);
	free(scan->names);
	free(scan->wides);
	free(scan->path);
	free(scan);
}

/*
 * FsRtlIsNameInExpression, as documented with the kernel's function of that name.  DOS_STAR ('<') matches up to the last
 * dot and with it, DOS_QM ('>') one character or, at a dot or the end, none, DOS_DOT ('"') a dot or the end.
 */
static bool matches(const char16_t *p, size_t pn, const char16_t *n, size_t nn)
{
	size_t star_p = SIZE_MAX, star_n = 0; /* where to go on after the last '*' fails */
	size_t i = 0, j = 0;

	for (;;) {
		bool ok = false;

		if (i < pn) {
			char16_t c = p[i];

			if (c == u'*') {
				star_p = ++i;
				star_n = j;
				continue;
			}
			if (c == u'<') {
				/* a star that may not go past the last dot: few of them, so try each length */
				size_t last_dot = nn;

				for (size_t k = nn; k > j; k--)
					if (n[k - 1] == u'.') {
						last_dot = k - 1;
						break;
					}
				for (size_t k = j; k <= last_dot + (last_dot < nn); k++)
					if (matches(p + i + 1, pn - i - 1, n + k, nn - k))
						return true;
			} else if (c == u'>') {
				if (j < nn && n[j] != u'.') {
					j++;
					i++;
					ok = true;
				} else {
					i++;
					ok = true;
				}
			} else if (c == u'"') {
				if (j < nn && n[j] == u'.') {
					j++;
					i++;
					ok = true;
				} else if (j == nn) {
					i++;
					ok = true;
				}
			} else if (j < nn && (c == u'?' || c == n[j] || rtl_upcase(c) == rtl_upcase(n[j]))) {
				i++;
				j++;
				ok = true;
			}
		} else if (j == nn) {
			return true;
		}
		if (ok)
			continue;
		if (star_p == SIZE_MAX || star_n >= nn)
			return false;
		i = star_p;
		j = ++star_n;
	}
}

bool io_name_matches(const char16_t *pattern, size_t pattern_length, const char16_t *name, size_t name_length)
{
	return matches(pattern, pattern_length, name, name_length);
}

/* The two dots are found by what finds a single one or no name at all (Wine's test_FindFirstFile_wildcards, of NTFS). */
static bool is_wanted(const struct io_scan *scan, const char16_t *name, size_t length)
{
	if (name[0] == u'.' && (length == 1 || (length == 2 && name[1] == u'.')))
		return matches(scan->pattern, scan->pattern_length, u".", 1) ||
		       matches(scan->pattern, scan->pattern_length, u"", 0);
	return matches(scan->pattern, scan->pattern_length, name, length);
}

static bool has_wildcards(const char16_t *pattern, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (pattern[i] == u'*' || pattern[i] == u'?' || pattern[i] == u'<' || pattern[i] == u'>' || pattern[i] == u'"')
			return true;
	return false;
}

static bool reserve(void **array, size_t *capacity, size_t needed, size_t size)
{
	size_t more;
	void *grown;

	if (needed <= *capacity)
		return true;
	more = needed * 2 > 64 ? needed * 2 : 64;
	grown = realloc(*array, more * size);
	if (!grown)
		return false;
	*array = grown;
	*capacity = more;
	return true;
}

/* 1: no memory */
static int add_name(struct io_scan *scan, const char *name, const char16_t *wide, size_t units)
{
	size_t length = strlen(name);

	if (!scan->all && !is_wanted(scan, wide, units))
		return 0;
	if (!reserve((void **)&scan->entries, &scan->capacity, scan->count + 1, sizeof(*scan->entries)) ||
	    !reserve((void **)&scan->names, &scan->names_capacity, scan->names_length + length + 1, 1) ||
	    !reserve((void **)&scan->wides, &scan->wides_capacity, scan->wides_length + units, 2)) {
		scan->failed = true;
		return 1;
	}
	scan->entries[scan->count].name = (uint32_t)scan->names_length;
	scan->entries[scan->count].wide = (uint32_t)scan->wides_length;
	scan->entries[scan->count].wide_length = (uint16_t)units;
	scan->entries[scan->count].instances = 0;
	memcpy(scan->names + scan->names_length, name, length + 1);
	memcpy(scan->wides + scan->wides_length, wide, units * 2);
	scan->names_length += length + 1;
	scan->wides_length += units;
	scan->count++;
	return 0;
}

static int add_entry(void *context, const char *name, enum host_file_kind kind, uint64_t inode)
{
	char16_t wide[256];
	size_t units = io_name_from_host(wide, ARRAY_SIZE(wide), name, strlen(name));

	/* else a name longer than NT can say */
	return units <= ARRAY_SIZE(wide) ? add_name(context, name, wide, units) : 0;
}

static bool add_pipe(void *context, const struct io_pipe_entry *pipe)
{
	struct io_scan *scan = context;
	size_t before = scan->count;

	if (add_name(scan, "pipe", pipe->name, pipe->length))
		return false;
	if (scan->count > before) {
		scan->entries[before].instances = pipe->instances;
		scan->entries[before].maximum = pipe->maximum;
	}
	return true;
}

static int dots_rank(const char *name)
{
	if (name[0] != '.')
		return 2;
	if (!name[1])
		return 0;
	return name[1] == '.' && !name[2] ? 1 : 2;
}

static int compare_entries(const struct io_scan *scan, const struct found *a, const struct found *b)
{
	int rank_a = dots_rank(scan->names + a->name), rank_b = dots_rank(scan->names + b->name), result;
	const char16_t *x, *y;

	if (rank_a != rank_b)
		return rank_a - rank_b;
	x = scan->wides + a->wide;
	y = scan->wides + b->wide;
	result = rtl_compare_nocase(x, a->wide_length, y, b->wide_length);
	return result ? result : strcmp(scan->names + a->name, scan->names + b->name);
}

/* Merge sort: no recursion to speak of, no library function that may use the stack. */
static bool sort_entries(struct io_scan *scan)
{
	struct found *from = scan->entries, *to;
	size_t n = scan->count;

	if (n < 2)
		return true;
	to = malloc(n * sizeof(*to));
	if (!to)
		return false;
	for (size_t width = 1; width < n; width *= 2) {
		struct found *swap;

		for (size_t start = 0; start < n; start += 2 * width) {
			size_t middle = start + width < n ? start + width : n, end = start + 2 * width < n ? start + 2 * width : n;
			size_t left = start, right = middle;

			for (size_t k = start; k < end; k++) {
				if (left < middle && (right >= end || compare_entries(scan, &from[left], &from[right]) <= 0))
					to[k] = from[left++];
				else
					to[k] = from[right++];
			}
		}
		swap = from;
		from = to;
		to = swap;
	}
	scan->entries = from;
	scan->capacity = n;
	free(to);
	return true;
}

static NTSTATUS read_names(struct io_file *file, struct io_scan *scan)
{
	struct io_narrow path;
	NTSTATUS status;
	int fd, result;
	bool is_root = false;

	scan->count = scan->names_length = scan->wides_length = scan->next = 0;
	if (file->kind == IO_PIPE_ROOT) {
		status = io_pipe_list(add_pipe, scan);
		scan->read = NT_SUCCESS(status);
		return status;
	}
	io_narrow_init(&path);
	status = io_path_now(file, false, &path);
	if (NT_SUCCESS(status)) {
		is_root = path.length == 1 || strcmp(path.text, io_c_drive()) == 0;
		if (path.length > 1)
			io_narrow_put(&path, "/", 1);
		free(scan->path);
		scan->path = strdup(path.text);
		if (!scan->path)
			status = STATUS_NO_MEMORY;
	}
	if (NT_SUCCESS(status) && !scan->all && !has_wildcards(scan->pattern, scan->pattern_length)) {
		/* one name: no need to read the directory */
		struct io_narrow one;

		io_narrow_init(&one);
		io_narrow_put(&one, path.text, path.length);
		status = io_name_to_host(&one, scan->pattern, scan->pattern_length);
		if (status == STATUS_OBJECT_NAME_INVALID && scan->pattern_length <= 2 && scan->pattern[0] == u'.') {
			status = STATUS_SUCCESS;
		} else if (NT_SUCCESS(status)) {
			struct host_stat stat;

			if (host_stat_path(one.text, false, &stat) == 0 ||
			    NT_SUCCESS(io_find_path(&one, path.length > 1 ? path.length - 1 : 1)))
				add_entry(scan, strrchr(one.text, '/') + 1, HOST_FILE_UNKNOWN, 0);
			status = scan->failed ? STATUS_NO_MEMORY : STATUS_SUCCESS;
		}
		io_narrow_free(&one);
		io_narrow_free(&path);
		scan->read = true;
		return status;
	}
	io_narrow_free(&path);
	if (!NT_SUCCESS(status))
		return status;
	fd = file->path_only ? host_open(scan->path, HOST_OPEN_READ | HOST_OPEN_DIRECTORY, 0) : file->fd;
	if (fd < 0)
		return io_status(fd);
	result = host_read_directory(fd, add_entry, scan);
	if (fd != file->fd)
		host_close(fd);
	if (result < 0)
		return io_status(result);
	if (scan->failed || !sort_entries(scan))
		return STATUS_NO_MEMORY;
	/* the root of a volume has neither "." nor ".." */
	while (is_root && scan->next < scan->count && dots_rank(scan->names + scan->entries[scan->next].name) < 2)
		scan->next++;
	scan->read = true;
	return STATUS_SUCCESS;
}

struct layout {
	ULONG name;     /* offset of FileName */
	ULONG short_name; /* offset of ShortNameLength; 0 = none */
	ULONG id;       /* offset of FileId; 0 = none */
	ULONG tag;      /* offset of ReparsePointTag */
	ULONG ea;       /* offset of EaSize */
	bool id128;
};

static bool layout_of(FILE_INFORMATION_CLASS info_class, struct layout *layout)
{
	memset(layout, 0, sizeof(*layout));
	switch (info_class) {
	case FileDirectoryInformation:
		layout->name = offsetof(FILE_DIRECTORY_INFORMATION, FileName);
		return true;
	case FileFullDirectoryInformation:
		layout->name = offsetof(FILE_FULL_DIR_INFORMATION, FileName);
		layout->ea = offsetof(FILE_FULL_DIR_INFORMATION, EaSize);
		return true;
	case FileIdFullDirectoryInformation:
		layout->name = offsetof(FILE_ID_FULL_DIR_INFORMATION, FileName);
		layout->ea = offsetof(FILE_ID_FULL_DIR_INFORMATION, EaSize);
		layout->id = offsetof(FILE_ID_FULL_DIR_INFORMATION, FileId);
		return true;
	case FileBothDirectoryInformation:
		layout->name = offsetof(FILE_BOTH_DIR_INFORMATION, FileName);
		layout->ea = offsetof(FILE_BOTH_DIR_INFORMATION, EaSize);
		return true;
	case FileIdBothDirectoryInformation:
		layout->name = offsetof(FILE_ID_BOTH_DIR_INFORMATION, FileName);
		layout->ea = offsetof(FILE_ID_BOTH_DIR_INFORMATION, EaSize);
		layout->id = offsetof(FILE_ID_BOTH_DIR_INFORMATION, FileId);
		return true;
	case FileIdExtdDirectoryInformation:
		layout->name = offsetof(FILE_ID_EXTD_DIR_INFORMATION, FileName);
		layout->ea = offsetof(FILE_ID_EXTD_DIR_INFORMATION, EaSize);
		layout->id = offsetof(FILE_ID_EXTD_DIR_INFORMATION, FileId);
		layout->tag = offsetof(FILE_ID_EXTD_DIR_INFORMATION, ReparsePointTag);
		layout->id128 = true;
		return true;
	case FileIdExtdBothDirectoryInformation:
		layout->name = offsetof(FILE_ID_EXTD_BOTH_DIR_INFORMATION, FileName);
		layout->ea = offsetof(FILE_ID_EXTD_BOTH_DIR_INFORMATION, EaSize);
		layout->id = offsetof(FILE_ID_EXTD_BOTH_DIR_INFORMATION, FileId);
		layout->tag = offsetof(FILE_ID_EXTD_BOTH_DIR_INFORMATION, ReparsePointTag);
		layout->id128 = true;
		return true;
	case FileNamesInformation:
		layout->name = offsetof(FILE_NAMES_INFORMATION, FileName);
		return true;
	default:
		return false;
	}
}

/* The fixed part of an entry, in `bytes` (zeroed, of layout->name bytes).  False: the file is gone. */
static bool fill_entry(const struct io_scan *scan, const struct found *found, FILE_INFORMATION_CLASS info_class,
		       const struct layout *layout, char *bytes)
{
	FILE_DIRECTORY_INFORMATION *info = (FILE_DIRECTORY_INFORMATION *)bytes;
	const char *name = scan->names + found->name;
	struct io_narrow path;
	struct host_stat stat;
	ULONG attributes, tag = 0;
	bool there;

	if (found->instances && info_class != FileNamesInformation) {
		/* a pipe's sizes are its instances, those allowed and those there */
		info->AllocationSize.QuadPart = (LONG)found->maximum;
		info->EndOfFile.QuadPart = found->instances;
		info->FileAttributes = FILE_ATTRIBUTE_NORMAL;
		info->FileNameLength = found->wide_length * 2u;
		return true;
	}
	if (info_class == FileNamesInformation) {
		((FILE_NAMES_INFORMATION *)bytes)->FileNameLength = found->wide_length * 2u;
		return true;
	}
	io_narrow_init(&path);
	io_narrow_put(&path, scan->path, strlen(scan->path));
	io_narrow_put(&path, name, strlen(name));
	there = !path.failed && host_stat_path(path.text, false, &stat) == 0;
	attributes = there ? io_attributes(&stat, -1, path.text) : 0;
	if (attributes & FILE_ATTRIBUTE_REPARSE_POINT)
		tag = io_link_tag(-1, path.text);
	io_narrow_free(&path);
	if (!there)
		return false;
	info->CreationTime.QuadPart = io_time_from_host(io_birth_time(&stat));
	info->LastAccessTime.QuadPart = io_time_from_host(stat.access_time);
	info->LastWriteTime.QuadPart = io_time_from_host(stat.write_time);
	info->ChangeTime.QuadPart = io_time_from_host(stat.change_time);
	info->EndOfFile.QuadPart = io_size(&stat);
	info->AllocationSize.QuadPart = io_allocation(&stat);
	info->FileAttributes = attributes;
	info->FileNameLength = found->wide_length * 2u;
	if (tag) {
		memcpy(bytes + (layout->tag ? layout->tag : layout->ea ? layout->ea : 0), &tag,
		       layout->tag || layout->ea ? sizeof(tag) : 0);
	}
	if (layout->id)
		memcpy(bytes + layout->id, &stat.inode, sizeof(stat.inode));
	return true;
}

static NTSTATUS query_directory(struct io_file *file, IO_STATUS_BLOCK *block, char *buffer, ULONG length,
				FILE_INFORMATION_CLASS info_class, bool single, const UNICODE_STRING *guest_pattern,
				bool restart)
{
	struct io_scan *scan = file->scan;
	struct layout layout;
	ULONG used = 0, previous = UINT32_MAX;
	NTSTATUS status = STATUS_SUCCESS;
	union {
		FILE_ID_EXTD_BOTH_DIR_INFORMATION widest;
		char bytes[sizeof(FILE_ID_EXTD_BOTH_DIR_INFORMATION)];
	} entry;

	if (!layout_of(info_class, &layout))
		return STATUS_INVALID_INFO_CLASS;
	if (length < layout.name)
		return STATUS_INFO_LENGTH_MISMATCH;
	if (!scan) {
		UNICODE_STRING pattern = {0, 0, NULL};

		if (guest_pattern && host_copy_from_guest(&pattern, guest_pattern, sizeof(pattern)) < 0)
			return STATUS_ACCESS_VIOLATION;
		scan = calloc(1, sizeof(*scan));
		if (!scan)
			return STATUS_NO_MEMORY;
		scan->pattern_length = pattern.Length / 2;
		scan->pattern = malloc(pattern.Length + 2u);
		if (!scan->pattern || host_copy_from_guest(scan->pattern, pattern.Buffer, pattern.Length) < 0) {
			status = scan->pattern ? STATUS_ACCESS_VIOLATION : STATUS_NO_MEMORY;
			io_scan_free(scan);
			return status;
		}
		scan->all = scan->pattern_length == 0 || (scan->pattern_length == 1 && scan->pattern[0] == u'*');
		file->scan = scan;
		status = read_names(file, scan);
		if (NT_SUCCESS(status) && scan->next == scan->count)
			status = STATUS_NO_SUCH_FILE;
	} else if (restart || !scan->read) {
		status = read_names(file, scan);
		if (NT_SUCCESS(status) && scan->next == scan->count)
			status = STATUS_NO_MORE_FILES;
	} else if (scan->next == scan->count) {
		status = STATUS_NO_MORE_FILES;
	}
	if (!NT_SUCCESS(status))
		return status;
	while (scan->next < scan->count) {
		const struct found *found = &scan->entries[scan->next];
		ULONG start = (used + 7) & ~7u, name_bytes = found->wide_length * 2u, copied = name_bytes;

		if (start + layout.name + name_bytes > length) {
			if (previous != UINT32_MAX)
				break; /* next time */
			copied = (length - start - layout.name) & ~1u;
			status = STATUS_BUFFER_OVERFLOW;
		}
		memset(&entry, 0, sizeof(entry));
		if (!fill_entry(scan, found, info_class, &layout, entry.bytes)) {
			scan->next++;
			status = STATUS_SUCCESS;
			continue;
		}
		if (host_copy_to_guest(buffer + start, &entry, layout.name) < 0 ||
		    host_copy_to_guest(buffer + start + layout.name, scan->wides + found->wide, copied) < 0)
			return STATUS_ACCESS_VIOLATION;
		if (previous != UINT32_MAX) {
			ULONG distance = start - previous;

			host_copy_to_guest(buffer + previous, &distance, sizeof(distance));
		}
		previous = start;
		used = start + layout.name + copied;
		if (status == STATUS_BUFFER_OVERFLOW)
			break; /* it is given again, whole, to a bigger buffer */
		scan->next++;
		if (single)
			break;
	}
	if (previous == UINT32_MAX)
		return STATUS_NO_MORE_FILES;
	block->Information = used;
	return status;
}

static NTSTATUS query(HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb, PVOID buffer,
		      ULONG length, FILE_INFORMATION_CLASS info_class, bool single, const UNICODE_STRING *pattern, bool restart)
{
	struct io_file *file;
	struct io_request request;
	IO_STATUS_BLOCK block = {{.Pointer = NULL}, .Information = 0};
	NTSTATUS status = ob_reference_by_handle(handle, &io_file_type, FILE_LIST_DIRECTORY, (void **)&file);

	if (!NT_SUCCESS(status))
		return status;
	if (file->kind != IO_DIRECTORY && file->kind != IO_PIPE_ROOT)
		status = STATUS_INVALID_PARAMETER;
	if (NT_SUCCESS(status))
		status = io_request_begin(&request, file, event, apc, apc_context, iosb);
	if (!NT_SUCCESS(status)) {
		ob_dereference(file);
		return status;
	}
	host_lock_acquire(&file->lock);
	status = query_directory(file, &block, buffer, length, info_class, single, pattern, restart);
	host_lock_release(&file->lock);
	if (status == STATUS_NO_MORE_FILES) {
		/* a warning to the caller, but the status block tells it too */
		io_request_end(&request, status, 0);
		return status;
	}
	return io_request_end(&request, status, block.Information);
}

EXPORT(ntdll, NTSTATUS, NtQueryDirectoryFile,
       (HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb, PVOID buffer,
	ULONG length, FILE_INFORMATION_CLASS info_class, BOOLEAN single, UNICODE_STRING *pattern, BOOLEAN restart))
{
	return query(handle, event, apc, apc_context, iosb, buffer, length, info_class, single, pattern, restart);
}
EXPORT_ALIAS(ntdll, "ZwQueryDirectoryFile", NtQueryDirectoryFile);

#define SL_RESTART_SCAN 1u
#define SL_RETURN_SINGLE_ENTRY 2u

EXPORT(ntdll, NTSTATUS, NtQueryDirectoryFileEx,
       (HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb, PVOID buffer,
	ULONG length, FILE_INFORMATION_CLASS info_class, ULONG flags, UNICODE_STRING *pattern))
{
	return query(handle, event, apc, apc_context, iosb, buffer, length, info_class, flags & SL_RETURN_SINGLE_ENTRY, pattern,
		     flags & SL_RESTART_SCAN);
}
