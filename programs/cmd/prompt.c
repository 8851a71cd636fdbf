/*
 * programs/cmd/prompt.c - the prompt, and what it is made of.
 */
#include "programs/cmd/cmd.h"

NTSTATUS WINAPI RtlGetVersion(PVOID information);

void cmd_put_date(struct io_wide *to, const SYSTEMTIME *time)
{
	static const WCHAR *const days[] = {u"Sun", u"Mon", u"Tue", u"Wed", u"Thu", u"Fri", u"Sat"};

	output_put(to, "%s %02u/%02u/%04u", days[time->wDayOfWeek % 7], time->wMonth, time->wDay, time->wYear);
}

void cmd_put_version(struct io_wide *to)
{
	struct {
		ULONG size, major, minor, build, platform;
		WCHAR service_pack[128];
	} version = {.size = sizeof(version)};

	RtlGetVersion(&version);
	output_put(to, "Microsoft Windows [Version %u.%u.%u.%u]", version.major, version.minor, version.build, 2006u);
}

void cmd_put_prompt(struct io_wide *to)
{
	const WCHAR *text = cmd_variable(u"PROMPT", 6);
	SYSTEMTIME time;

	GetLocalTime(&time);
	for (text = text ? text : u"$P$G"; *text; text++) {
		if (*text != u'$' || !text[1]) {
			text_put_unit(to, *text);
			continue;
		}
		text++;
		switch (rtl_upcase(*text)) {
		case u'A':
			text_put_unit(to, u'&');
			break;
		case u'B':
			text_put_unit(to, u'|');
			break;
		case u'C':
			text_put_unit(to, u'(');
			break;
		case u'D':
			cmd_put_date(to, &time);
			break;
		case u'E':
			text_put_unit(to, 0x1B);
			break;
		case u'F':
			text_put_unit(to, u')');
			break;
		case u'G':
			text_put_unit(to, u'>');
			break;
		case u'H':
			text_put(to, u"\b \b");
			break;
		case u'L':
			text_put_unit(to, u'<');
			break;
		case u'N':
		case u'P': {
			struct io_wide directory;

			io_wide_init(&directory);
			cmd_current_directory(&directory);
			io_wide_put(to, directory.text,
				    (*text | 32) == u'n' && directory.length ? 1 : directory.length);
			io_wide_free(&directory);
			break;
		}
		case u'Q':
			text_put_unit(to, u'=');
			break;
		case u'S':
			text_put_unit(to, u' ');
			break;
		case u'T':
			output_put(to, "%2u:%02u:%02u.%02u", time.wHour, time.wMinute, time.wSecond,
				   time.wMilliseconds / 10);
			break;
		case u'V':
			cmd_put_version(to);
			break;
		case u'_':
			text_put(to, u"\r\n");
			break;
		case u'$':
			text_put_unit(to, u'$');
			break;
		case u'+':
			for (unsigned i = cmd_pushed(); i > 0; i--)
				text_put_unit(to, u'+');
			break;
		case u'M':
			break; /* no drive is another machine's */
		default:
			break;
		}
	}
}
