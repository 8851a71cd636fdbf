/*
 * dlls/msvcp140/ios_template.h - basic_ios of char and of wchar_t.
 */
void *WINAPI OF(ios_delete)(struct ios *ios, UINT flags)
{
	return ios_base_delete(ios, flags);
}

static void *const ios_vftable[1] = {OF(ios_delete)};

/* As the class's own constructor, which only programs' constructors call: init() does the rest. */
STD(struct ios *, "??0" IOS "IEAA@XZ", ios, (struct ios * ios))
{
	ios->vftable = ios_vftable;
	ios->standard = 0;
	ios->locale = NULL;
	ios->array = NULL;
	ios->callbacks = NULL;
	return ios;
}

void ios_destroy(struct ios *ios)
{
	ios->vftable = ios_vftable;
	msvcp_Ios_base_dtor(ios);
}

STD(void, "??1" IOS "UEAA@XZ", ios_end, (struct ios * ios))
{
	ios_destroy(ios);
}

void ios_initialize(struct ios *ios, struct streambuf *buffer, bool standard)
{
	ios->standard = standard;
	ios->exceptions = STATE_GOOD;
	ios->flags = FLAG_SKIP_SPACE | FLAG_DECIMAL;
	ios->precision = 6;
	ios->width = 0;
	ios->array = NULL;
	ios->callbacks = NULL;
	ios->state = buffer == NULL ? STATE_BAD : STATE_GOOD;
	ios->locale = msvcp_new(sizeof(*ios->locale));
	msvcp_locale_global(ios->locale);
	ios->buffer = buffer;
	ios->tie = NULL;
	ios->fill = ' ';
}

STD(void, "?init@" IOS "IEAAXPEAV?$basic_streambuf@" TRAITS "@2@_N@Z", ios_init,
    (struct ios * ios, struct streambuf *buffer, bool standard))
{
	ios_initialize(ios, buffer, standard);
}

STD(void, "?clear@" IOS "QEAAXH_N@Z", ios_clear, (struct ios * ios, INT state, bool again))
{
	ios_set_state(ios, ios->buffer == NULL ? state | STATE_BAD : state, again);
}

STD(void, "?setstate@" IOS "QEAAXH_N@Z", ios_setstate, (struct ios * ios, INT state, bool again))
{
	OF(ios_clear)(ios, ios->state | state, again);
}

void ios_add_state(struct ios *ios, INT state)
{
	if (state != STATE_GOOD)
		OF(ios_setstate)(ios, state, false);
}

STD(struct streambuf *, "?rdbuf@" IOS "QEBAPEAV?$basic_streambuf@" TRAITS "@2@XZ", ios_rdbuf,
    (const struct ios *ios))
{
	return ios->buffer;
}

STD(struct streambuf *, "?rdbuf@" IOS "QEAAPEAV?$basic_streambuf@" TRAITS "@2@PEAV32@@Z", ios_set_rdbuf,
    (struct ios * ios, struct streambuf *buffer))
{
	struct streambuf *old = ios->buffer;

	ios->buffer = buffer;
	OF(ios_clear)(ios, STATE_GOOD, false);
	return old;
}

STD(struct ostream *, "?tie@" IOS "QEBAPEAV?$basic_ostream@" TRAITS "@2@XZ", ios_tie, (const struct ios *ios))
{
	return ios->tie;
}

STD(struct ostream *, "?tie@" IOS "QEAAPEAV?$basic_ostream@" TRAITS "@2@PEAV32@@Z", ios_set_tie,
    (struct ios * ios, struct ostream *tie))
{
	struct ostream *old = ios->tie;

	ios->tie = tie;
	return old;
}

STD(ELEMENT, "?fill@" IOS "QEBA" E "XZ", ios_fill, (const struct ios *ios))
{
	return ios->fill;
}

STD(ELEMENT, "?fill@" IOS "QEAA" E E "@Z", ios_set_fill, (struct ios * ios, ELEMENT fill))
{
	ELEMENT old = ios->fill;

	ios->fill = fill;
	return old;
}

/* As ctype of the classic locale: a byte is the character of its number. */
STD(ELEMENT, "?widen@" IOS "QEBA" E "D@Z", ios_widen, (const struct ios *ios, char c))
{
	(void)ios;
	return (BYTE)c;
}

STD(char, "?narrow@" IOS "QEBAD" E "D@Z", ios_narrow, (const struct ios *ios, ELEMENT c, char otherwise))
{
	(void)ios;
	return c == (ELEMENT)(BYTE)c ? (char)c : otherwise;
}

STD(struct msvcp_locale *, "?imbue@" IOS "QEAA?AVlocale@2@AEBV32@@Z", ios_imbue,
    (struct ios * ios, struct msvcp_locale *result, const struct msvcp_locale *locale))
{
	struct msvcp_locale old;

	msvcp_ios_base_imbue(ios, result, locale);
	if (ios->buffer != NULL) {
		OF(streambuf_pubimbue)(ios->buffer, &old, locale);
		msvcp_locale_end(&old);
	}
	return result;
}

EXPORT_DATA(msvcp140, "??_7" IOS "6B@", offsetof(struct msvcp_data, OF_DATA(ios_vftable)));
