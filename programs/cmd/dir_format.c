/*
 * programs/cmd/dir_format.c - how DIR's entries look.
 */
#include "programs/cmd/dir.h"

const FILETIME *dir_time(const struct dir *dir, const WIN32_FIND_DATAW *found)
{
	return dir->time_field == u'C'   ? &found->ftCreationTime
	       : dir->time_field == u'A' ? &found->ftLastAccessTime
					 : &found->ftLastWriteTime;
}

static void write(struct io_wide *text)
{
	output_write(GetStdHandle(STD_OUTPUT_HANDLE), text->text, text->length);
	text_clear(text);
}

/* With the thousands apart. */
static void put_big(struct io_wide *to, uint64_t value, bool commas, unsigned width)
{
	WCHAR digits[32];
	unsigned count = 0;
	size_t at = ARRAY_SIZE(digits);

	do {
		if (commas && count && count % 3 == 0)
			digits[--at] = u',';
		digits[--at] = (WCHAR)(u'0' + value % 10);
		value /= 10;
		count++;
	} while (value);
	for (size_t i = ARRAY_SIZE(digits) - at; i < width; i++)
		text_put_unit(to, u' ');
	io_wide_put(to, digits + at, ARRAY_SIZE(digits) - at);
}

void dir_volume(struct dir *dir, const WCHAR *folder)
{
	WCHAR root[] = u"C:\\", label[64] = u"";
	DWORD serial = 0;

	if (dir->volume == rtl_upcase(folder[0]))
		return;
	dir->volume = root[0] = rtl_upcase(folder[0]);
	GetVolumeInformationW(root, label, ARRAY_SIZE(label), &serial, NULL, NULL, NULL, 0);
	if (label[0])
		output_print(" Volume in drive %c is %s\n", root[0], label);
	else
		output_print(" Volume in drive %c has no label.\n", root[0]);
	output_print(" Volume Serial Number is %04X-%04X\n\n", (unsigned)(serial >> 16), (unsigned)(serial & 0xFFFF));
}

static void put_when(struct io_wide *to, const FILETIME *time)
{
	FILETIME local;
	SYSTEMTIME parts = {0};

	if (FileTimeToLocalFileTime(time, &local))
		FileTimeToSystemTime(&local, &parts);
	output_put(to, "%02u/%02u/%04u  %02u:%02u %s", parts.wMonth, parts.wDay, parts.wYear,
		   (parts.wHour + 11u) % 12 + 1, parts.wMinute, parts.wHour < 12 ? u"AM" : u"PM");
}

static void put_name(struct io_wide *to, const struct dir *dir, const WCHAR *name)
{
	for (; *name; name++)
		text_put_unit(to, dir->lower ? rtl_downcase(*name) : *name);
}

#define SYMBOLIC_LINK 0xA000000Cu
#define MOUNT_POINT 0xA0000003u
#define FSCTL_GET_REPARSE 0x900A8u

/* Where a link leads: " [target]". */
static void put_target(struct io_wide *to, const WCHAR *folder, const WIN32_FIND_DATAW *found)
{
	struct {
		ULONG tag;
		USHORT length, reserved;
		USHORT substitute_offset, substitute_length, print_offset, print_length;
		WCHAR text[4096];
	} *data = cmd_allocate(sizeof(*data));
	struct io_wide path;
	HANDLE file;
	DWORD count;

	io_wide_init(&path);
	cmd_join(&path, folder, found->cFileName);
	file = CreateFileW(path.text, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
			   FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS, NULL);
	if (file != INVALID_HANDLE) {
		if (DeviceIoControl(file, FSCTL_GET_REPARSE, NULL, 0, data, sizeof(*data), &count, NULL)) {
			/* The flags of a symbolic link stand before its names. */
			size_t skip = data->tag == SYMBOLIC_LINK ? 2 : 0;

			text_put(to, u" [");
			io_wide_put(to, data->text + skip + data->print_offset / sizeof(WCHAR),
				    data->print_length / sizeof(WCHAR));
			text_put(to, u"]");
		}
		CloseHandle(file);
	}
	io_wide_free(&path);
}

static void put_entry(struct io_wide *to, const struct dir *dir, const WCHAR *folder, const WIN32_FIND_DATAW *found)
{
	bool is_directory = found->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY;
	bool is_link = found->dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT &&
		       (found->dwReserved0 == SYMBOLIC_LINK || found->dwReserved0 == MOUNT_POINT);

	put_when(to, dir_time(dir, found));
	if (is_link && is_directory)
		output_put(to, "    %-15s", found->dwReserved0 == MOUNT_POINT ? u"<JUNCTION>" : u"<SYMLINKD>");
	else if (is_link)
		output_put(to, "    %-15s", u"<SYMLINK>");
	else if (is_directory)
		output_put(to, "    %-15s", u"<DIR>");
	else
		put_big(to, (uint64_t)found->nFileSizeHigh << 32 | found->nFileSizeLow, dir->commas, 18);
	if (!is_directory && !is_link)
		text_put_unit(to, u' ');
	if (dir->short_names)
		output_put(to, "%-13s", found->cAlternateFileName);
	if (dir->owner)
		output_put(to, "%-23s", u"...");
	put_name(to, dir, found->cFileName);
	if (is_link)
		put_target(to, folder, found);
	text_put(to, u"\r\n");
}

static unsigned wide_length(const WIN32_FIND_DATAW *found)
{
	return (unsigned)rtl_wcslen(found->cFileName) + (found->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY ? 2 : 0);
}

static void put_wide(struct io_wide *to, const struct dir *dir, const WIN32_FIND_DATAW *found, size_t count)
{
	unsigned width = 0, columns;
	size_t rows;

	for (size_t i = 0; i < count; i++)
		if (wide_length(&found[i]) > width)
			width = wide_length(&found[i]);
	width += dir->columns ? 1 : 1;
	columns = 80 / width ? 80 / width : 1;
	rows = (count + columns - 1) / columns;
	for (size_t row = 0; row < rows; row++) {
		for (unsigned column = 0; column < columns; column++) {
			size_t i = dir->columns ? column * rows + row : row * columns + column;
			bool is_directory;

			if (i >= count)
				break;
			is_directory = found[i].dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY;
			if (is_directory)
				text_put_unit(to, u'[');
			put_name(to, dir, found[i].cFileName);
			if (is_directory)
				text_put_unit(to, u']');
			for (unsigned j = wide_length(&found[i]); j < width && column + 1 < columns; j++)
				text_put_unit(to, u' ');
		}
		text_put(to, u"\r\n");
	}
}

static void put_files(struct io_wide *to, const struct dir *dir, unsigned files, uint64_t bytes)
{
	output_put(to, "%16u File(s) ", files);
	put_big(to, bytes, dir->commas, 14);
	text_put(to, u" bytes\r\n");
}

void dir_show(struct dir *dir, const WCHAR *folder, const WIN32_FIND_DATAW *found, size_t count)
{
	unsigned files = 0, directories = 0;
	uint64_t bytes = 0;
	struct io_wide text;

	io_wide_init(&text);
	if (!dir->bare)
		output_put(&text, dir->first ? " Directory of %s\n\n" : "\n Directory of %s\n\n", folder);
	dir->first = false;
	if (dir->wide && !dir->bare)
		put_wide(&text, dir, found, count);
	for (size_t i = 0; i < count; i++) {
		if (found[i].dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) {
			directories++;
		} else {
			files++;
			bytes += (uint64_t)found[i].nFileSizeHigh << 32 | found[i].nFileSizeLow;
		}
		if (dir->bare) {
			struct io_wide path;

			io_wide_init(&path);
			if (dir->tree)
				cmd_join(&path, folder, found[i].cFileName);
			else
				text_put(&path, found[i].cFileName);
			put_name(&text, dir, path.text);
			text_put(&text, u"\r\n");
			io_wide_free(&path);
		} else if (!dir->wide) {
			put_entry(&text, dir, folder, &found[i]);
		}
		if (text.length > 4096)
			write(&text);
	}
	dir->files += files;
	dir->directories += directories;
	dir->bytes += bytes;
	if (!dir->bare)
		put_files(&text, dir, files, bytes);
	write(&text);
	io_wide_free(&text);
}

void dir_totals(struct dir *dir, const WCHAR *folder)
{
	ULARGE_INTEGER available = {0};
	struct io_wide text;

	GetDiskFreeSpaceExW(folder, &available, NULL, NULL);
	io_wide_init(&text);
	if (dir->tree) {
		text_put(&text, u"\r\n     Total Files Listed:\r\n");
		put_files(&text, dir, dir->files, dir->bytes);
	}
	output_put(&text, "%16u Dir(s) ", dir->directories);
	put_big(&text, available.QuadPart, dir->commas, 15);
	text_put(&text, u" bytes free\r\n");
	write(&text);
	io_wide_free(&text);
}
