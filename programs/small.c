/*
 * programs/small.c - programs of a few lines: hostname, whoami, chcp, mountvol, timeout.
 */
#include "programs/lines.h"
#include "programs/program.h"
#include "programs/text.h"
#include "ntdll/se/account.h"

static void print_lower(const WCHAR *text, bool end)
{
	struct io_wide lower;

	io_wide_init(&lower);
	for (; *text; text++)
		text_put_unit(&lower, rtl_downcase(*text));
	output_print(end ? "%s\n" : "%s", lower.text);
	io_wide_free(&lower);
}

PROGRAM("hostname.exe", hostname_program)
{
	WCHAR name[256];
	DWORD size = ARRAY_SIZE(name);

	if (*text_skip_blanks(arguments_begin())) {
		output_error("sethostname: Use the Network Control Panel Applet to set hostname.\nhostname -s is not "
			     "supported.\n");
		return 1;
	}
	if (!GetComputerNameExW(1 /* ComputerNameDnsHostname */, name, &size))
		return 1;
	output_print("%s\n", name);
	return 0;
}

/* machine\user; the tables of /USER, /GROUPS, /PRIV are missing. */
PROGRAM("whoami.exe", whoami_program)
{
	const WCHAR *rest = text_skip_blanks(arguments_begin());

	if (*rest) {
		output_error("ERROR: Invalid argument/option - '%s'.\nType \"WHOAMI /?\" for usage.\n", rest);
		return 1;
	}
	print_lower(se_computer_name(), false);
	output_print("\\");
	print_lower(se_user_name(), true);
	return 0;
}

PROGRAM("chcp.com", chcp_program)
{
	const WCHAR *text = text_skip_blanks(arguments_begin());
	UINT page = 0;

	if (!*text) {
		output_print("Active code page: %u\n", GetConsoleOutputCP());
		return 0;
	}
	for (; text_is_digit(*text); text++)
		page = page * 10 + (*text - u'0');
	if (*text_skip_blanks(text)) {
		output_error("Parameter format not correct - %s\n", text);
		return 1;
	}
	if (!IsValidCodePage(page) || !SetConsoleCP(page) || !SetConsoleOutputCP(page)) {
		output_error("Invalid code page\n");
		return 1;
	}
	output_print("Active code page: %u\n", page);
	return 0;
}

BOOL WINAPI GetVolumeNameForVolumeMountPointW(LPCWSTR, LPWSTR, DWORD);

/* mountvol drive /L: the volume behind it.  Volumes are where they are: nothing is mounted. */
PROGRAM("mountvol.exe", mountvol_program)
{
	const WCHAR *at = arguments_begin();
	struct io_wide drive, option;
	WCHAR volume[64];
	bool quoted;
	DWORD error = 0;

	io_wide_init(&drive);
	io_wide_init(&option);
	arguments_next(&at, &drive, &quoted);
	if (!arguments_next(&at, &option, &quoted) || !text_same(option.text, u"/L")) {
		output_error("MOUNTVOL [drive:]path /L\n");
		error = 1;
	} else {
		if (drive.length && drive.text[drive.length - 1] != u'\\')
			text_put_unit(&drive, u'\\');
		if (GetVolumeNameForVolumeMountPointW(drive.text, volume, ARRAY_SIZE(volume)))
			output_print("    %s\n", volume);
		else
			output_system_error(error = GetLastError());
	}
	io_wide_free(&option);
	io_wide_free(&drive);
	return error;
}

/* timeout [/T] seconds [/NOBREAK] */
PROGRAM("timeout.exe", timeout_program)
{
	const WCHAR *at = arguments_begin();
	bool quoted, deaf = false, good = false, asked = false;
	struct io_wide word;
	int seconds = 0;

	io_wide_init(&word);
	while (arguments_next(&at, &word, &quoted)) {
		const WCHAR *c = word.text;
		bool negative;

		if (text_same(c, u"/NOBREAK")) {
			deaf = true;
			continue;
		}
		if (text_same(c, u"/T"))
			continue;
		negative = *c == u'-';
		c += negative;
		good = text_is_digit(*c);
		for (seconds = 0; text_is_digit(*c) && seconds < 100000; c++)
			seconds = seconds * 10 + (*c - u'0');
		good = good && !*c && seconds <= 99999 && (!negative || seconds == 1);
		if (negative)
			seconds = -1;
		if (!good)
			break;
	}
	io_wide_free(&word);
	if (!good) {
		output_error("ERROR: Invalid value for timeout specified. Valid range is -1 to 99999 seconds.\n");
		return 1;
	}
	if (!deaf && !output_is_console(GetStdHandle(STD_INPUT_HANDLE))) {
		output_error("ERROR: Input redirection is not supported, exiting the process immediately.\n");
		return 1;
	}
	for (int left = seconds; left; left--) {
		if (seconds > 0)
			output_print("\r%sWaiting for %u seconds, press %s ...", left == seconds ? u"\n" : u"",
				     (unsigned)left, deaf ? u"CTRL+C to quit" : u"a key to continue");
		else if (!asked)
			output_print("\nPress any key to continue ...");
		asked = true;
		if (deaf) {
			Sleep(1000);
		} else if (WaitForSingleObject(GetStdHandle(STD_INPUT_HANDLE), 1000) == 0) {
			break;
		}
		if (seconds < 0)
			left = 0; /* -1 once more */
	}
	output_print("\n");
	return 0;
}
