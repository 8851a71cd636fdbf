/*
 * tests/guest/msvcrt_stdio.c - streams, descriptors, formatting and file names of msvcrt.dll.
 *
 * Expectations are those of Microsoft's documentation of each function.
 */
#define __USE_MINGW_ANSI_STDIO 0
#include "guest.h"

#include <direct.h>
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <math.h>
#include <share.h>
#include <sys/stat.h>
#include <sys/utime.h>

static char directory[MAX_PATH], file[MAX_PATH];

static const char *text_of(const char *format, ...)
{
	static char buffer[4][512];
	static int next;
	char *to = buffer[next++ & 3];
	va_list list;
	va_start(list, format);
	_vsnprintf(to, sizeof(buffer[0]), format, list);
	va_end(list);
	return to;
}

#define CHECK_TEXT(got, want)                                                                                          \
	do {                                                                                                           \
		const char *got_ = got;                                                                                \
		guest_checks++;                                                                                        \
		if (strcmp(got_, want) != 0) {                                                                         \
			guest_failures++;                                                                              \
			printf("%s:%d: \"%s\", not \"%s\"\n", __FILE__, __LINE__, got_, want);                         \
			fflush(stdout);                                                                                \
		}                                                                                                      \
	} while (0)

static void formats(void)
{
	char buffer[16];
	wchar_t wide[32];
	CHECK_TEXT(text_of("%d %5d %-5d| %05d %+d", 1, 2, 3, 4, 5), "1     2 3    | 00004 +5");
	CHECK_TEXT(text_of("%x %X %#x %o %#o", 255, 255, 255, 8, 8), "ff FF 0xff 10 010");
	CHECK_TEXT(text_of("%I64d %I64x", -5000000000ll, 0x123456789ABCull), "-5000000000 123456789abc");
	CHECK_TEXT(text_of("%s %S %c %C %ls %hs", "a", L"b", 'c', L'd', L"e", "f"), "a b c d e f");
	CHECK_TEXT(text_of("%f %.2f %e %g %g", 1.5, 2.345, 12345.678, 0.0001, 1e-5),
		   "1.500000 2.35 1.234568e+004 0.0001 1e-005");
	CHECK_TEXT(text_of("%p", (void *)0x1234), "0000000000001234");
	CHECK_TEXT(text_of("%.3s|%10.2f|%-10s|%*d", "abcdef", 3.14159, "left", 4, 7), "abc|      3.14|left      |   7");
	CHECK_TEXT(text_of("%hd %hu", 0x12345, 0x1FFFF), "9029 65535");
	/* A size that its type does not follow is text, and so is what is no type; digits behind a star are appended. */
	CHECK_TEXT(text_of("%I %Iq %Ihd %z %t %k%m%q", 1), "I Iq Ihd z t kmq");
	CHECK_TEXT(text_of("%zx %td %jd %I32d%j", (size_t)1, (intptr_t)-2, -3ll, 4, 5), "1 -2 -3 4");
	CHECK_TEXT(text_of("%*1d|%0*0d|% *2d|%.*1f", 1, 3, 1, 2, 0, 7, 0, 1.25), "          3|0000000002| 7|1.3");
	CHECK_TEXT(text_of("%04c|%04s|%#+ -03whlls|%Ls|%3h|%010.2lf", '1', "foo", L"wide", "narrow", -NAN),
		   "0001|0foo|wide|narrow||-000001.#J");
	CHECK_TEXT(text_of("%#020p|%#-08.2x|%#04.8x", (void *)57, 1, 0), "  0X0000000000000039|0x01    |00000000");
	/* %n has to be allowed first. */
	int count = 7;
	CHECK_EQUAL(_snprintf(buffer, sizeof(buffer), "asdf%n", &count), -1);
	CHECK_EQUAL(count, 7);
	/* _snprintf: no terminator when the text just fits, -1 when it is longer. */
	memset(buffer, 'x', sizeof(buffer));
	CHECK_EQUAL(_snprintf(buffer, 4, "abcd"), 4);
	CHECK(memcmp(buffer, "abcdx", 5) == 0);
	CHECK_EQUAL(_snprintf(buffer, 4, "abcde"), -1);
	CHECK(memcmp(buffer, "abcdx", 5) == 0);
	CHECK_EQUAL(_snprintf(buffer, 5, "abcd"), 4);
	CHECK(buffer[4] == 0);
	CHECK_EQUAL(_scprintf("%d", 12345), 5);
	CHECK_EQUAL(_snwprintf(wide, 32, L"%s %S %d", L"w", "n", 3), 5);
	CHECK(wcscmp(wide, L"w n 3") == 0);
}

static void scans(void)
{
	int a = 0, b = 0, n = 0;
	char s[16], t[16];
	double d = 0;
	float f = 0;
	long long q = 0;
	CHECK_EQUAL(sscanf("12 abc 3.5", "%d %s %lf", &a, s, &d), 3);
	CHECK(a == 12 && strcmp(s, "abc") == 0 && d == 3.5);
	CHECK_EQUAL(sscanf("0x1F,077", "%i,%i%n", &a, &b, &n), 2);
	CHECK(a == 31 && b == 63 && n == 8);
	CHECK_EQUAL(sscanf("name:value", "%[^:]:%[a-z]", s, t), 2);
	CHECK(strcmp(s, "name") == 0 && strcmp(t, "value") == 0);
	CHECK_EQUAL(sscanf("-7000000000 1e2", "%I64d %f", &q, &f), 2);
	CHECK(q == -7000000000ll && f == 100);
	CHECK_EQUAL(sscanf("", "%d", &a), EOF);
	CHECK_EQUAL(sscanf("x", "%d", &a), 0);
	/* Pointers have no prefix; a character that is no type has to be in the text. */
	void *pointer;
	CHECK_EQUAL(sscanf("0x46F", "%p", &pointer), 1);
	CHECK(pointer == NULL);
	CHECK_EQUAL(sscanf("46F", "%P", &pointer), 1);
	CHECK(pointer == (void *)0x46F);
	CHECK_EQUAL(sscanf("\"%12@", "%\"%%%d%@", &a), 1);
	CHECK_EQUAL(a, 12);
	CHECK_EQUAL(sscanf("1e+", "%lf", &d), 1);
	CHECK_EQUAL(sscanf("0xg", "%x", &a), 0);
}

static void numbers(void)
{
	char *end, text[80];
	int point, sign;
	CHECK(strtod("1.7976931348623157e308", &end) == 1.7976931348623157e308 && *end == 0);
	CHECK(strtod("4.9406564584124654e-324", NULL) == 4.9406564584124654e-324);
	CHECK(strtod("0.1", NULL) == 0.1);
	errno = 0;
	CHECK(strtod("1e999", NULL) == HUGE_VAL && errno == ERANGE);
	CHECK_EQUAL(strtol("  -0x1Fz", &end, 0), -31);
	CHECK(*end == 'z');
	const char *prefix = "-0x";
	CHECK_EQUAL(strtol(prefix, &end, 0), 0);
	CHECK(end == prefix);
	CHECK_EQUAL(strtoul("-4294967296", NULL, 0), 1);
	CHECK_EQUAL(_strtoui64("-99999999999999999999", NULL, 10), 1);
	/* Decimal digits of other scripts; a superscript is none. */
	CHECK_EQUAL(wcstol(L"-\xe50x\xff19" L"1", NULL, 0), -0x91);
	CHECK_EQUAL(_wcstoi64(L"\x3000+\x664\x660\x665", NULL, 0), 405);
	CHECK_EQUAL(wcstol(L"\xb9", NULL, 0), 0);
	CHECK_EQUAL(_itoa_s(-12345678, text, 9, 10), ERANGE);
	CHECK(memcmp(text, "\00087654321", 9) == 0);
	CHECK(strcmp(_itoa(100, text, 100), "10") == 0);
	errno = 0;
	CHECK(strtol("99999999999", NULL, 10) == LONG_MAX && errno == ERANGE);
	errno = 0;
	CHECK(strtoul("4294967296", NULL, 10) == ULONG_MAX && errno == ERANGE);
	CHECK(_strtoi64("-9223372036854775808", NULL, 10) == _I64_MIN);
	CHECK_TEXT(_itoa(-255, text, 16), "ffffff01");
	CHECK_TEXT(_itoa(-255, text, 10), "-255");
	CHECK_TEXT(_i64toa(_I64_MIN, text, 10), "-9223372036854775808");
	CHECK_TEXT(_ultoa(4000000000u, text, 2), "11101110011010110010100000000000");
	CHECK_TEXT(_ecvt(3.1415926535, 5, &point, &sign), "31416");
	CHECK(point == 1 && sign == 0);
	CHECK_TEXT(_fcvt(-3.1415926535, 3, &point, &sign), "3142");
	CHECK(point == 1 && sign != 0);
	CHECK_TEXT(_gcvt(-31415.926, 7, text), "-31415.93");
	CHECK_TEXT(_gcvt(3.0, 5, text), "3.");
}

static void put_bytes(const char *bytes, size_t size)
{
	FILE *f = fopen(file, "wb");
	CHECK(f != NULL);
	if (f != NULL) {
		CHECK_EQUAL(fwrite(bytes, 1, size, f), size);
		CHECK_EQUAL(fclose(f), 0);
	}
}

static void check_bytes(const char *bytes, size_t size, int line)
{
	char got[256];
	FILE *f = fopen(file, "rb");
	size_t length = f != NULL ? fread(got, 1, sizeof(got), f) : 0;
	guest_checks++;
	if (length != size || memcmp(got, bytes, size) != 0) {
		guest_failures++;
		printf("%s:%d: the file holds other bytes (%u)\n", __FILE__, line, (unsigned)length);
	}
	if (f != NULL)
		fclose(f);
}
#define CHECK_BYTES(bytes) check_bytes(bytes, sizeof(bytes) - 1, __LINE__)

static void text_mode(void)
{
	char buffer[64];
	fpos_t position;
	FILE *f = fopen(file, "wt");
	CHECK(f != NULL);
	fputs("one\ntwo\r\n", f);
	CHECK_EQUAL(ftell(f), 11);
	fclose(f);
	CHECK_BYTES("one\r\ntwo\r\r\n");

	put_bytes("a\r\nb\rc\r\n\x1A", 9);
	f = fopen(file, "r");
	CHECK(fgets(buffer, sizeof(buffer), f) != NULL);
	CHECK_TEXT(buffer, "a\n");
	CHECK_EQUAL(ftell(f), 3);
	CHECK_EQUAL(fgetpos(f, &position), 0);
	CHECK(fgets(buffer, sizeof(buffer), f) != NULL);
	CHECK_TEXT(buffer, "b\rc\n");
	CHECK_EQUAL(ftell(f), 9);
	CHECK(fgets(buffer, sizeof(buffer), f) == NULL && feof(f) && !ferror(f));
	CHECK_EQUAL(fsetpos(f, &position), 0);
	CHECK(!feof(f));
	CHECK_EQUAL(fgetc(f), 'b');
	CHECK_EQUAL(ungetc('X', f), 'X');
	CHECK_EQUAL(getc(f), 'X');
	fclose(f);

	/* Appending goes to the end wherever the position is. */
	put_bytes("12345", 5);
	f = fopen(file, "ab+");
	CHECK_EQUAL(fgetc(f), '1');
	fseek(f, 0, SEEK_SET);
	fputs("67", f);
	fclose(f);
	CHECK_BYTES("1234567");

	f = fopen(file, "r+b");
	fseek(f, 2, SEEK_SET);
	fputc('x', f);
	CHECK_EQUAL(ftell(f), 3);
	fseek(f, 0, SEEK_CUR);
	CHECK_EQUAL(fgetc(f), '4');
	fseek(f, -1, SEEK_END);
	CHECK_EQUAL(fgetc(f), '7');
	CHECK_EQUAL(fgetc(f), EOF);
	CHECK(feof(f));
	rewind(f);
	CHECK_EQUAL(fread(buffer, 2, 10, f), 3);
	CHECK(memcmp(buffer, "12x4567", 7) == 0);
	fclose(f);

	CHECK(fopen("does\\not\\exist", "r") == NULL);
	CHECK_EQUAL(errno, ENOENT);
	CHECK(fopen(directory, "r") == NULL);
	CHECK_EQUAL(errno, EACCES);
}

static void large_data(void)
{
	static char data[100000], got[100000];
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * 7 + i / 251);
	FILE *f = fopen(file, "w+b");
	CHECK_EQUAL(fwrite(data, 1, 10, f), 10);
	CHECK_EQUAL(fwrite(data + 10, 1, sizeof(data) - 10, f), sizeof(data) - 10);
	CHECK_EQUAL(_ftelli64(f), sizeof(data));
	fseek(f, 0, SEEK_SET);
	CHECK_EQUAL(fgetc(f), (unsigned char)data[0]);
	CHECK_EQUAL(fread(got + 1, 1, sizeof(got) - 1, f), sizeof(got) - 1);
	got[0] = data[0];
	CHECK(memcmp(got, data, sizeof(data)) == 0);
	CHECK_EQUAL(fread(got, 1, 1, f), 0);
	fclose(f);
	CHECK_EQUAL(setvbuf(f = fopen(file, "rb"), NULL, _IOFBF, 1 << 15), 0);
	for (int i = 0; i < 50000; i++) {
		if (getc(f) != (unsigned char)data[i]) {
			CHECK(!"the same bytes");
			break;
		}
	}
	CHECK_EQUAL(ftell(f), 50000);
	fclose(f);
}

static void wide_streams(void)
{
	wchar_t line[32];
	FILE *f = fopen(file, "w, ccs=UTF-8");
	CHECK(f != NULL);
	if (f != NULL) {
		fputws(L"gr\u00FC\u00DFe\n", f);
		fclose(f);
		CHECK_BYTES("\xEF\xBB\xBFgr\xC3\xBC\xC3\x9F" "e\r\n");
		f = fopen(file, "r, ccs=UTF-8");
		CHECK(fgetws(line, 32, f) != NULL);
		CHECK(wcscmp(line, L"gr\u00FC\u00DFe\n") == 0);
		fclose(f);
	}
	f = fopen(file, "w, ccs=UTF-16LE");
	fputws(L"a\n", f);
	fclose(f);
	CHECK_BYTES("\xFF\xFE" "a\0\r\0\n\0");
	f = fopen(file, "r, ccs=UNICODE");
	CHECK_EQUAL(fgetwc(f), L'a');
	CHECK_EQUAL(ungetwc(L'b', f), L'b');
	CHECK(fgetws(line, 32, f) != NULL);
	CHECK(wcscmp(line, L"b\n") == 0);
	CHECK_EQUAL(fgetwc(f), WEOF);
	fclose(f);
	f = fopen(file, "w");
	CHECK_EQUAL(fwprintf(f, L"%d %s\n", 5, L"x"), 4);
	fclose(f);
	CHECK_BYTES("5 x\r\n");
}

static void descriptors(void)
{
	char buffer[32];
	struct _stat64 st;
	int pipes[2];
	int fd = _open(file, _O_CREAT | _O_TRUNC | _O_RDWR | _O_BINARY, _S_IREAD | _S_IWRITE);
	CHECK(fd > 2);
	CHECK_EQUAL(_write(fd, "0123456789", 10), 10);
	CHECK_EQUAL(_lseek(fd, 3, SEEK_SET), 3);
	CHECK_EQUAL(_read(fd, buffer, 4), 4);
	CHECK(memcmp(buffer, "3456", 4) == 0);
	CHECK_EQUAL(_tell(fd), 7);
	CHECK_EQUAL(_filelengthi64(fd), 10);
	CHECK_EQUAL(_eof(fd), 0);
	CHECK_EQUAL(_chsize(fd, 5), 0);
	CHECK_EQUAL(_filelength(fd), 5);
	CHECK_EQUAL(_fstat64(fd, &st), 0);
	CHECK(st.st_size == 5 && (st.st_mode & _S_IFMT) == _S_IFREG);
	int copy = _dup(fd);
	CHECK(copy > 2 && copy != fd);
	CHECK_EQUAL(_lseeki64(copy, 0, SEEK_END), 5);
	CHECK_EQUAL(_tell(fd), 5);
	CHECK_EQUAL(_setmode(fd, _O_TEXT), _O_BINARY);
	CHECK_EQUAL(_write(fd, "a\nb", 3), 3);
	CHECK_EQUAL(_setmode(fd, _O_BINARY), _O_TEXT);
	CHECK_EQUAL(_filelength(fd), 9);
	CHECK_EQUAL(_dup2(copy, fd), 0);
	CHECK_EQUAL(_close(copy), 0);
	CHECK(_get_osfhandle(fd) != -1);
	CHECK_EQUAL(_isatty(fd), 0);
	CHECK_EQUAL(_close(fd), 0);
	CHECK_EQUAL(_open(file, _O_CREAT | _O_EXCL | _O_RDWR, _S_IWRITE), -1);
	CHECK_EQUAL(errno, EEXIST);
	CHECK_EQUAL(_open("no such file", _O_RDONLY), -1);
	CHECK_EQUAL(errno, ENOENT);
	CHECK_EQUAL(_pipe(pipes, 4096, _O_BINARY), 0);
	CHECK_EQUAL(_write(pipes[1], "pipe", 4), 4);
	CHECK_EQUAL(_read(pipes[0], buffer, sizeof(buffer)), 4);
	CHECK_EQUAL(_close(pipes[1]), 0);
	CHECK_EQUAL(_read(pipes[0], buffer, sizeof(buffer)), 0);
	CHECK_EQUAL(_close(pipes[0]), 0);
}

static void names(void)
{
	char path[MAX_PATH], drive[_MAX_DRIVE], dir[_MAX_DIR], name[_MAX_FNAME], extension[_MAX_EXT];
	struct _stat64 st;
	struct __finddata64_t found;
	_splitpath("c:\\dir.x\\sub/name.tar.gz", drive, dir, name, extension);
	CHECK_TEXT(drive, "c:");
	CHECK_TEXT(dir, "\\dir.x\\sub/");
	CHECK_TEXT(name, "name.tar");
	CHECK_TEXT(extension, ".gz");
	_makepath(path, "d", "a\\b", "c", "txt");
	CHECK_TEXT(path, "d:a\\b\\c.txt");
	put_bytes("hello", 5);
	CHECK_EQUAL(_stat64(file, &st), 0);
	CHECK_EQUAL(st.st_size, 5);
	CHECK_EQUAL(st.st_mode & (_S_IFREG | _S_IREAD | _S_IWRITE), _S_IFREG | _S_IREAD | _S_IWRITE);
	CHECK_EQUAL(_stat64(directory, &st), 0);
	CHECK_EQUAL(st.st_mode & _S_IFMT, _S_IFDIR);
	CHECK_EQUAL(_stat64("no such file", &st), -1);
	CHECK_EQUAL(errno, ENOENT);
	CHECK_EQUAL(_access(file, 6), 0);
	CHECK_EQUAL(_chmod(file, _S_IREAD), 0);
	CHECK_EQUAL(_access(file, 2), -1);
	CHECK_EQUAL(errno, EACCES);
	CHECK_EQUAL(_chmod(file, _S_IREAD | _S_IWRITE), 0);
	struct __utimbuf64 times = {1000000000, 1100000000};
	CHECK_EQUAL(_utime64(file, &times), 0);
	CHECK_EQUAL(_stat64(file, &st), 0);
	CHECK_EQUAL(st.st_mtime, 1100000000);
	snprintf(path, sizeof(path), "%s\\*", directory);
	intptr_t find = _findfirst64(path, &found);
	CHECK(find != -1);
	int entries = 0;
	do
		entries++;
	while (_findnext64(find, &found) == 0);
	CHECK_EQUAL(errno, ENOENT);
	CHECK_EQUAL(_findclose(find), 0);
	CHECK_EQUAL(entries, 3); /* . .. file */
	snprintf(path, sizeof(path), "%s\\renamed", directory);
	CHECK_EQUAL(rename(file, path), 0);
	CHECK_EQUAL(_access(file, 0), -1);
	CHECK_EQUAL(rename(path, file), 0);
	CHECK_EQUAL(_stat64("c:", &st), -1);
	CHECK_EQUAL(errno, ENOENT);
	CHECK_EQUAL(_stat64("c:\\ ", &st), 0);
	snprintf(path, sizeof(path), "%s\\ ", directory);
	CHECK_EQUAL(_stat64(path, &st), -1);
	CHECK_EQUAL(errno, ENOENT);
	char before[MAX_PATH], now[MAX_PATH];
	CHECK(_getcwd(before, sizeof(before)) != NULL);
	CHECK_EQUAL(_chdir(directory), 0);
	CHECK(_getcwd(now, sizeof(now)) != NULL);
	CHECK(_stricmp(now, directory) == 0);
	CHECK(_fullpath(path, "x", sizeof(path)) != NULL);
	CHECK(strlen(path) == strlen(now) + 2);
	CHECK_EQUAL(_chdir(before), 0);
	CHECK_EQUAL(_rmdir(directory), -1);
	CHECK_EQUAL(errno, ENOTEMPTY);
}

/* What programs that look behind a descriptor find. */
struct behind {
	HANDLE handle;
	unsigned char flags, lookahead[3];
	unsigned bits;
	CRITICAL_SECTION lock;
};

static void behind_descriptors(void)
{
	struct behind **blocks = (void *)GetProcAddress(GetModuleHandleA("msvcrt.dll"), "__pioinfo");
	CHECK(sizeof(struct behind) == 56 && blocks != NULL);
	int fd = _open(file, _O_RDWR | _O_U16TEXT);
	CHECK(fd > 2);
	struct behind *info = &blocks[fd / 32][fd % 32];
	CHECK(info->handle == (HANDLE)_get_osfhandle(fd));
	CHECK_EQUAL(info->flags, 0x81);
	CHECK_EQUAL(info->bits & 3, 2);
	CHECK_EQUAL(_close(fd), 0);
	CHECK(info->handle == INVALID_HANDLE_VALUE);
	CHECK_EQUAL(info->flags, 0);
	FILE *f = fopen(file, "rbSR");
	CHECK(f != NULL);
	if (f != NULL)
		CHECK_EQUAL(fclose(f), 0);
}

static void temporary(void)
{
	const char *first = tmpnam(NULL);
	CHECK(first != NULL && first[strlen(first) - 1] == '.');
	first = tmpnam(NULL);
	CHECK(first != NULL && first[strlen(first) - 1] != '.');
	char template[] = "fnXXXXXX", buffer[8];
	CHECK(_mktemp(template) == template);
	CHECK(template[2] == 'a');
	char *name = _tempnam(NULL, "pre");
	CHECK(name != NULL && strstr(name, "pre") != NULL);
	free(name);
	FILE *f = tmpfile();
	CHECK(f != NULL);
	if (f != NULL) {
		fputs("temp", f);
		rewind(f);
		CHECK(fgets(buffer, sizeof(buffer), f) != NULL);
		CHECK_TEXT(buffer, "temp");
		CHECK_EQUAL(fclose(f), 0);
	}
}

int main(void)
{
	char temp[MAX_PATH];
	GetTempPathA(sizeof(temp), temp);
	snprintf(directory, sizeof(directory), "%scrt%lu", temp, GetCurrentProcessId());
	CHECK_EQUAL(_mkdir(directory), 0);
	snprintf(file, sizeof(file), "%s\\file.txt", directory);
	formats();
	scans();
	numbers();
	text_mode();
	large_data();
	wide_streams();
	descriptors();
	behind_descriptors();
	names();
	temporary();
	CHECK_EQUAL(remove(file), 0);
	CHECK_EQUAL(_rmdir(directory), 0);
	return guest_result();
}
