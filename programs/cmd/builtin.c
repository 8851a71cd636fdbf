/*
 * programs/cmd/builtin.c - the table of builtin commands.
 */
#include "programs/cmd/cmd.h"

static const struct builtin builtins[] = {
	{u"ASSOC", cmd_assoc, "ASSOC [.ext[=[fileType]]]\n"},
	{u"BREAK", cmd_break, "BREAK\n"},
	{u"CALL", cmd_call, "CALL [drive:][path]filename [batch-parameters]\nCALL :label [arguments]\n"},
	{u"CD", cmd_cd, "CD [/D] [drive:][path]\n"},
	{u"CHDIR", cmd_cd, "CHDIR [/D] [drive:][path]\n"},
	{u"CLS", cmd_cls, "CLS\n"},
	{u"COLOR", cmd_color, "COLOR [attr]\n"},
	{u"COPY", cmd_copy_files,
	 "COPY [/Y | /-Y] [/A | /B] source [/A | /B] [+ source ...] [destination [/A | /B]]\n"},
	{u"DATE", cmd_date, "DATE [/T | date]\n"},
	{u"DEL", cmd_del, "DEL [/P] [/F] [/S] [/Q] [/A[[:]attributes]] names\n"},
	{u"DIR", cmd_dir,
	 "DIR [drive:][path][filename] [/A[[:]attributes]] [/B] [/C] [/D] [/L] [/N]\n  [/O[[:]sortorder]] [/P] [/Q] "
	 "[/R] [/S] "
	 "[/T[[:]timefield]] [/W] [/X] [/4]\n"},
	{u"ECHO", cmd_echo, "ECHO [ON | OFF]\nECHO [message]\n"},
	{u"ENDLOCAL", cmd_endlocal, "ENDLOCAL\n"},
	{u"ERASE", cmd_del, "ERASE [/P] [/F] [/S] [/Q] [/A[[:]attributes]] names\n"},
	{u"EXIT", cmd_exit, "EXIT [/B] [exitCode]\n"},
	{u"FTYPE", cmd_ftype, "FTYPE [fileType[=[openCommandString]]]\n"},
	{u"GOTO", cmd_goto, "GOTO label\n"},
	{u"MD", cmd_md, "MD [drive:]path\n"},
	{u"MKDIR", cmd_md, "MKDIR [drive:]path\n"},
	{u"MKLINK", cmd_mklink,
	 "MKLINK [[/D] | [/H] | [/J]] Link Target\n\n"
	 "        /D      a symbolic link to a folder\n"
	 "        /H      one more name of a file\n"
	 "        /J      a junction: a folder that leads to another\n"},
	{u"MOVE", cmd_move, "MOVE [/Y | /-Y] [drive:][path]filename1[,...] destination\n"},
	{u"PATH", cmd_path, "PATH [[drive:]path[;...][;%%PATH%%]]\nPATH ;\n"},
	{u"PAUSE", cmd_pause, "PAUSE\n"},
	{u"POPD", cmd_popd, "POPD\n"},
	{u"PROMPT", cmd_prompt, "PROMPT [text]\n"},
	{u"PUSHD", cmd_pushd, "PUSHD [path | ..]\n"},
	{u"RD", cmd_rd, "RD [/S] [/Q] [drive:]path\n"},
	{u"REM", cmd_rem, NULL},
	{u"REN", cmd_ren, "REN [drive:][path]filename1 filename2.\n"},
	{u"RENAME", cmd_ren, "RENAME [drive:][path]filename1 filename2.\n"},
	{u"RMDIR", cmd_rd, "RMDIR [/S] [/Q] [drive:]path\n"},
	{u"SET", cmd_set, "SET [variable=[string]]\nSET /A expression\nSET /P variable=[promptString]\n"},
	{u"SETLOCAL", cmd_setlocal,
	 "SETLOCAL [ENABLEEXTENSIONS | DISABLEEXTENSIONS] [ENABLEDELAYEDEXPANSION | DISABLEDELAYEDEXPANSION]\n"},
	{u"SHIFT", cmd_shift, "SHIFT [/n]\n"},
	{u"START", cmd_start,
	 "START [\"title\"] [/D path] [/I] [/MIN] [/MAX] [/LOW | /NORMAL | /HIGH | /REALTIME | /ABOVENORMAL | "
	 "/BELOWNORMAL]\n"
	 "      [/WAIT] [/B] [command/program] [parameters]\n"},
	{u"TIME", cmd_time, "TIME [/T | time]\n"},
	{u"TITLE", cmd_title, "TITLE [string]\n"},
	{u"TYPE", cmd_type, "TYPE [drive:][path]filename\n"},
	{u"VER", cmd_ver, "VER\n"},
	{u"VERIFY", cmd_verify, "VERIFY [ON | OFF]\n"},
	{u"VOL", cmd_vol, "VOL [drive:]\n"},
};

const struct builtin *cmd_builtin(const WCHAR *text, const WCHAR **arguments, bool *exact)
{
	size_t length = 0;

	while (text_is_letter(text[length]))
		length++;
	if (text[length] && !cmd_is_delimiter(text[length]) && !text_find(u".\\/:[]+(\"\n", text[length]))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(builtins); i++) {
		if (!text_is(text, length, builtins[i].name))
			continue;
		*arguments = text + length;
		*exact = !text[length] || cmd_is_delimiter(text[length]);
		return &builtins[i];
	}
	return NULL;
}

int cmd_level(int level)
{
	return cmd.level = level;
}

int cmd_quiet_success(void)
{
	if (cmd.batch && cmd.batch->is_cmd)
		cmd.level = 0;
	return 0;
}

int cmd_fail(const char *message, int level)
{
	output_error(message);
	return cmd_level(level);
}

int cmd_fail_system(DWORD error, int level)
{
	output_system_error(error);
	return cmd_level(level);
}

int cmd_syntax_error(void)
{
	return cmd_fail("The syntax of the command is incorrect.\n", 1);
}

/* The usage of a builtin command. */
int cmd_help(const WCHAR *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(builtins); i++)
		if (text_same(builtins[i].name, name) && builtins[i].help)
			output_print(builtins[i].help);
	return 0;
}
