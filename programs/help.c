/*
 * programs/help.c - the list of commands, and one command's own help.
 */
#include "programs/lines.h"
#include "programs/program.h"
#include "programs/text.h"

static const struct {
	const WCHAR *name, *text;
} commands[] = {
	{u"ASSOC", u"Shows or sets what type of file an extension means."},
	{u"ATTRIB", u"Shows or changes attributes of files."},
	{u"BREAK", u"Does nothing."},
	{u"CALL", u"Calls a batch file, or a label, from another."},
	{u"CD", u"Shows or changes the current directory."},
	{u"CHCP", u"Shows or sets the code page of the console."},
	{u"CHDIR", u"Shows or changes the current directory."},
	{u"CLS", u"Clears the screen."},
	{u"CMD", u"Starts another command processor."},
	{u"COLOR", u"Sets the colours of the console."},
	{u"COMP", u"Compares files byte by byte."},
	{u"COPY", u"Copies files, or joins them."},
	{u"DATE", u"Shows the date."},
	{u"DEL", u"Deletes files."},
	{u"DIR", u"Lists a directory."},
	{u"ECHO", u"Writes a message, or switches the echo of commands."},
	{u"ENDLOCAL", u"Ends what SETLOCAL began."},
	{u"ERASE", u"Deletes files."},
	{u"EXIT", u"Ends the command processor or a batch file."},
	{u"FC", u"Compares files line by line."},
	{u"FIND", u"Looks for a text in files."},
	{u"FINDSTR", u"Looks for texts and patterns in files."},
	{u"FOR", u"Runs a command for each of a set."},
	{u"FTYPE", u"Shows or sets the command that opens a type of file."},
	{u"GOTO", u"Goes on at a label of the batch file."},
	{u"HELP", u"Shows this list, or a command's help."},
	{u"IF", u"Runs a command under a condition."},
	{u"MD", u"Makes a directory."},
	{u"MKDIR", u"Makes a directory."},
	{u"MKLINK", u"Makes links."},
	{u"MORE", u"Shows text a screen at a time."},
	{u"MOVE", u"Moves files and renames directories."},
	{u"PATH", u"Shows or sets where programs are looked for."},
	{u"PAUSE", u"Waits for a key."},
	{u"POPD", u"Goes back to the directory that PUSHD left."},
	{u"PROMPT", u"Changes the prompt."},
	{u"PUSHD", u"Changes the directory and remembers the old one."},
	{u"RD", u"Removes a directory."},
	{u"REM", u"Is a remark."},
	{u"REN", u"Renames files."},
	{u"RENAME", u"Renames files."},
	{u"RMDIR", u"Removes a directory."},
	{u"ROBOCOPY", u"Copies trees."},
	{u"SET", u"Shows, sets and computes environment variables."},
	{u"SETLOCAL", u"Keeps changes of the environment to a part of a batch file."},
	{u"SHIFT", u"Moves the arguments of a batch file."},
	{u"SORT", u"Sorts lines."},
	{u"START", u"Starts a program beside this one."},
	{u"TASKKILL", u"Ends processes."},
	{u"TIME", u"Shows the time."},
	{u"TITLE", u"Sets the title of the console."},
	{u"TREE", u"Draws the tree of a directory."},
	{u"TYPE", u"Shows files."},
	{u"VER", u"Shows the version of Windows."},
	{u"VERIFY", u"Shows or sets whether writing is verified."},
	{u"VOL", u"Shows a volume's label and number."},
	{u"XCOPY", u"Copies files and trees."},
};

/* Has the command show its own help; its exit code. */
static DWORD ask(const WCHAR *name)
{
	STARTUPINFOW startup = {.cb = sizeof(startup)};
	PROCESS_INFORMATION process;
	struct io_wide line;
	DWORD code = 1;

	io_wide_init(&line);
	text_put(&line, u"cmd /c ");
	text_put(&line, name);
	text_put(&line, u" /?");
	if (CreateProcessW(NULL, line.text, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process)) {
		WaitForSingleObject(process.hProcess, INFINITE);
		GetExitCodeProcess(process.hProcess, &code);
		CloseHandle(process.hThread);
		CloseHandle(process.hProcess);
	} else {
		output_system_error(GetLastError());
	}
	io_wide_free(&line);
	return code;
}

PROGRAM("help.exe", help_program)
{
	const WCHAR *at = arguments_begin();
	struct io_wide word;
	bool quoted, known = false;
	DWORD code = 1;

	io_wide_init(&word);
	if (!arguments_next(&at, &word, &quoted)) {
		output_print("For more information on a specific command, type HELP command-name\n");
		for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
			output_print("%s", commands[i].name);
			for (size_t column = rtl_wcslen(commands[i].name); column < 15; column++)
				output_print(" ");
			output_print("%s\n", commands[i].text);
		}
		output_print("\n");
	} else {
		for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
			known = known || text_same(word.text, commands[i].name);
		if (known)
			code = ask(word.text);
		else
			output_print("This command is not supported by the help utility.  Try \"%s /?\".\n", word.text);
	}
	io_wide_free(&word);
	return code;
}
