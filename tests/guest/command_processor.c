/*
 * command_processor.c - cmd.exe as programs use it: system(), _popen(), CreateProcess of batch files.
 *
 * What the commands themselves do: tests/cmd.
 */
#include "guest.h"

#include <errno.h>
#include <process.h>

static char folder[MAX_PATH];

static void write_file(const char *name, const char *text)
{
	HANDLE file = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
	DWORD count;

	CHECK(file != INVALID_HANDLE_VALUE);
	CHECK(WriteFile(file, text, strlen(text), &count, NULL));
	CloseHandle(file);
}

/* Runs a command line with its output in a pipe; the exit code. */
static DWORD run(const char *application, const char *line, char *output, size_t size)
{
	SECURITY_ATTRIBUTES inherited = {sizeof(inherited), NULL, TRUE};
	STARTUPINFOA startup = {.cb = sizeof(startup), .dwFlags = STARTF_USESTDHANDLES};
	PROCESS_INFORMATION information;
	HANDLE read_end, write_end;
	DWORD code = 0xDEAD, count, length = 0;
	char copy[2048];

	CHECK(CreatePipe(&read_end, &write_end, &inherited, 0));
	SetHandleInformation(read_end, HANDLE_FLAG_INHERIT, 0);
	startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
	startup.hStdOutput = startup.hStdError = write_end;
	if (line)
		strcpy(copy, line);
	CHECK(CreateProcessA(application, line ? copy : NULL, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &information));
	CloseHandle(write_end);
	while (length < size - 1 && ReadFile(read_end, output + length, size - 1 - length, &count, NULL) && count)
		length += count;
	output[length] = 0;
	CloseHandle(read_end);
	CHECK_EQUAL(WaitForSingleObject(information.hProcess, INFINITE), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(information.hProcess, &code));
	CloseHandle(information.hProcess);
	CloseHandle(information.hThread);
	return code;
}

#define CHECK_RUN(application, line, text, wanted)                                                                     \
	do {                                                                                                           \
		const char *line_ = line;                                                                              \
		char output_[4096];                                                                                    \
		CHECK_EQUAL(run(application, line_, output_, sizeof(output_)), wanted);                                \
		CHECK(!strcmp(output_, text));                                                                         \
		if (strcmp(output_, text))                                                                             \
			printf("%s wrote [%s]\n", line_ ? line_ : "", output_);                                        \
	} while (0)

static void is_there(void)
{
	WIN32_FIND_DATAA found;
	char path[MAX_PATH], comspec[MAX_PATH], *name;
	HANDLE find;
	DWORD attributes;

	CHECK(GetSystemDirectoryA(path, sizeof(path)));
	strcat(path, "\\cmd.exe");
	attributes = GetFileAttributesA(path);
	CHECK(attributes != INVALID_FILE_ATTRIBUTES && !(attributes & FILE_ATTRIBUTE_DIRECTORY));
	find = FindFirstFileA(path, &found);
	CHECK(find != INVALID_HANDLE_VALUE);
	FindClose(find);
	CHECK(!lstrcmpiA(found.cFileName, "cmd.exe"));
	CHECK(SearchPathA(NULL, "cmd", ".exe", sizeof(path), path, &name));
	CHECK(!lstrcmpiA(name, "cmd.exe"));
	CHECK(GetEnvironmentVariableA("ComSpec", comspec, sizeof(comspec)));
	CHECK(GetFileAttributesA(comspec) != INVALID_FILE_ATTRIBUTES);
	/* It is a program like others. */
	CHECK(GetBinaryTypeA(comspec, &attributes));
	CHECK_EQUAL(attributes, SCS_64BIT_BINARY);
}

static void c_runtime(void)
{
	char text[64];
	FILE *stream;

	CHECK(system(NULL) != 0);
	CHECK_EQUAL(system("exit 5"), 5);
	CHECK_EQUAL(system("exit /b -1"), -1);
	CHECK_EQUAL(system("no_such_program_pew 2>nul"), 1);
	CHECK_EQUAL(system("rem"), 0);
	stream = _popen("echo one&echo two", "r");
	CHECK(stream && fgets(text, sizeof(text), stream) && !strcmp(text, "one\n"));
	CHECK(stream && fgets(text, sizeof(text), stream) && !strcmp(text, "two\n"));
	CHECK_EQUAL(_pclose(stream), 0);
	stream = _popen("set /p X=&exit 7", "w");
	CHECK(stream && fputs("a line\n", stream) >= 0);
	CHECK_EQUAL(_pclose(stream), 7);
	CHECK_EQUAL(_spawnlp(_P_WAIT, "cmd", "cmd", "/c", "exit", "3", NULL), 3);
	SetEnvironmentVariableA("PEW_VARIABLE", "from the parent");
	CHECK_RUN(NULL, "cmd.exe /c echo %PEW_VARIABLE%", "from the parent\r\n", 0);
}

static void switches(void)
{
	CHECK_RUN(NULL, "cmd /c echo a b", "a b\r\n", 0);
	CHECK_RUN(NULL, "cmd /c \"echo a b\"", "a b\r\n", 0);
	CHECK_RUN(NULL, "cmd /c \"echo \"a\" \"b\"\"", "\"a\" \"b\"\r\n", 0);
	CHECK_RUN(NULL, "cmd /s /c \"echo \"a\"\"", "\"a\"\r\n", 0);
	CHECK_RUN(NULL, "cmd /d /s /c \"echo x\" tail", "x tail\r\n", 0);
	CHECK_RUN(NULL, "cmd /cecho glued", "glued\r\n", 0);
	CHECK_RUN(NULL, "cmd /q/c echo two switches", "two switches\r\n", 0);
	CHECK_RUN(NULL, "cmd /v:on /c set A=1& echo !A!", "1\r\n", 0);
	CHECK_RUN(NULL, "cmd /c echo !A!", "!A!\r\n", 0);
	CHECK_RUN(NULL, "cmd /c echo %PEW_UNDEFINED% %%", "%PEW_UNDEFINED% %%\r\n", 0);
	CHECK_RUN(NULL, "cmd /c for %i in (1 2) do @echo %i", "1\r\n2\r\n", 0);
	CHECK_RUN(NULL, "cmd /c echo 100%%cd:~,%", "100%\r\n", 0);
	CHECK_RUN(NULL, "cmd /c exit 300", "", 300);
	CHECK_RUN(NULL, "cmd /c \"exit /b 12\"", "", 12);
	CHECK_RUN(NULL, "cmd /c set /a 6*7", "42", 0);
	CHECK_RUN(NULL, "cmd /k exit 4", "", 4);
	CHECK_RUN(NULL, "cmd /c", "", 0);
	CHECK_RUN(NULL, "cmd /c nosuch_pew",
		  "'nosuch_pew' is not recognized as an internal or external command,\r\n"
		  "operable program or batch file.\r\n",
		  1);
	CHECK_RUN(NULL, "cmd /u /c echo u", "u", 0);
}

static void batch_files(void)
{
	char line[MAX_PATH * 2], path[MAX_PATH];

	write_file("pew args.bat", "@echo off\r\necho %~nx0:%1:%~2:%*\r\nexit /b 42\r\n");
	write_file("pewter_test.cmd", "@echo %1 %2&@if \"%1\"==\"x\" exit /b 9\n@exit /b 260\n");
	CHECK_RUN(NULL, "pewter_test.cmd a b", "a b\r\n", 260);
	CHECK_RUN(NULL, "PEWTER_TEST.CMD x", "x \r\n", 9);
	CHECK_RUN("pewter_test.cmd", NULL, "ECHO is on.\r\n", 260);
	CHECK_RUN("pewter_test.cmd", "pewter_test.cmd x y", "x y\r\n", 9);
	CHECK_RUN(NULL, "\"pew args.bat\" one \"two three\"", "pew args.bat:one:two three:one \"two three\"\r\n", 42);
	snprintf(path, sizeof(path), "%s\\pew args.bat", folder);
	snprintf(line, sizeof(line), "\"%s\" \"q\"", path);
	CHECK_RUN(path, line, "pew args.bat:\"q\"::\"q\"\r\n", 42);
	CHECK_RUN(NULL, "cmd /c pewter_test x", "x \r\n", 9);
	CHECK_RUN(NULL, "cmd /c \"pew args.bat\" v", "pew args.bat:v::v\r\n", 42);
	CHECK_RUN(NULL, "cmd /c call pewter_test x", "x \r\n", 9);
	CHECK_RUN(NULL, "cmd /s /c \"\"pew args.bat\" \"a b\"\"", "pew args.bat:\"a b\"::\"a b\"\r\n", 42);
	CHECK_EQUAL(system("pewter_test x >nul"), 9);
	CHECK_EQUAL(_spawnl(_P_WAIT, "pewter_test.cmd", "pewter_test.cmd", "x", NULL), 9);
	DeleteFileA("pew args.bat");
	DeleteFileA("pewter_test.cmd");
}

/* Commands from a pipe, as scripts are fed to a processor without /c. */
static void from_standard_input(void)
{
	FILE *stream;

	write_file("pew_in.txt", "@echo off\r\necho fed\r\nexit 6\r\n");
	stream = _popen("cmd /q < pew_in.txt > pew_out.txt", "r");
	CHECK_EQUAL(_pclose(stream), 6);
	CHECK_EQUAL(system("find \"fed\" <pew_out.txt >nul"), 0);
	DeleteFileA("pew_in.txt");
	DeleteFileA("pew_out.txt");
}

int main(void)
{
	GetTempPathA(sizeof(folder), folder);
	sprintf(folder + strlen(folder), "pew%lu", GetCurrentProcessId());
	CHECK(CreateDirectoryA(folder, NULL));
	CHECK(SetCurrentDirectoryA(folder));
	is_there();
	c_runtime();
	switches();
	batch_files();
	from_standard_input();
	SetCurrentDirectoryA("..");
	CHECK(RemoveDirectoryA(folder));
	return guest_result();
}
