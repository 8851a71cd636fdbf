/*
 * tests/cxx/streams.cpp - the streams of msvcp140.dll as compiled programs use them: their classes are declared here as the
 * standard library's headers declare them, so that the compiler lays out virtual bases, vftables and constructors.
 * What is printed through cout, a buffer of the program's and an ostream of its own is compared with streams.expected.
 * With -DWIDE the same is done with streams of wchar_t.
 */
#ifdef WIDE
typedef wchar_t ch;
#define L_(text) L##text
#define cout wcout
#define cerr wcerr
#define cin wcin
#else
typedef char ch;
#define L_(text) text
#endif
extern "C" {
__declspec(dllimport) void __stdcall ExitProcess(unsigned);
void *vt[2] __asm__("??_7type_info@@6B@") = {0,0};
int _fltused;
void *memset(void *, int, unsigned long long);
}
#define IMPORT __declspec(dllimport)
struct _Mbstatet { unsigned long w; unsigned short b, s; };
namespace std {
template <class E> struct char_traits { typedef int int_type; };
template <> struct char_traits<wchar_t> { typedef unsigned short int_type; };
template <class S> class fpos { long long off, pos; S state; public: fpos(long long o=0):off(o),pos(0),state() {} operator long long() const { return off+pos; } };
class locale { void *base, *ptr; public: class facet; locale() : base(0), ptr(0) {} };
template <class E> class IMPORT ctype {
public:
	static unsigned long long _Getcat(const locale::facet **, const locale *);
	bool is(short, E) const; const E *is(const E *, const E *, short *) const;
	const E *scan_is(short, const E *, const E *) const; const E *scan_not(short, const E *, const E *) const;
	E tolower(E) const; const E *toupper(E *, const E *) const; E widen(char) const;
	char narrow(E, char) const; const E *narrow(const E *, const E *, char, char *) const;
};
class IMPORT ios_base {
public:
	virtual ~ios_base();
	bool good() const; bool fail() const; bool operator!() const; bool eof() const;
	int flags(int); int setf(int); int setf(int, int); void unsetf(int); int flags() const;
	long long precision(long long); long long width(long long); void exceptions(int);
	size_t std_; int state, except, fmt; long long prec, wide; void *arr, *calls; locale *loc;
protected:
	ios_base() {}
};
template <class E, class T> class basic_streambuf;
template <class E, class T> class basic_ostream;
template <class E, class T> class IMPORT basic_ios : public ios_base {
public:
	void clear(int = 0, bool = false); void setstate(int, bool = false);
	basic_streambuf<E, T> *rdbuf() const; basic_streambuf<E, T> *rdbuf(basic_streambuf<E, T> *);
	E fill() const; E fill(E); basic_ostream<E, T> *tie() const; E widen(char) const;
	virtual ~basic_ios();
	basic_streambuf<E, T> *buf; basic_ostream<E, T> *tied; E filler;
protected:
	basic_ios();
	void init(basic_streambuf<E, T> *, bool = false);
};
template <class E, class T> class IMPORT basic_streambuf {
	E *a, *b, **c, **d, *e, *f, **g, **h; int i, j, *k, *l; locale *m;
protected:
	basic_streambuf();
	E *eback() const; E *gptr() const; E *egptr() const; E *pbase() const; E *pptr() const; E *epptr() const;
	void setp(E *, E *); void setg(E *, E *, E *); void pbump(int); void gbump(int);
public:
	virtual ~basic_streambuf();
	virtual void _Lock(); virtual void _Unlock();
	typedef typename T::int_type int_type;
	int_type sputc(E); long long sputn(const E *, long long); int_type sgetc(); int_type sbumpc(); int_type snextc(); int_type sungetc(); int pubsync();
protected:
	virtual int_type overflow(int_type = -1); virtual int_type pbackfail(int_type = -1); virtual long long showmanyc();
	virtual int_type underflow(); virtual int_type uflow(); virtual long long xsgetn(E *, long long); virtual long long xsputn(const E *, long long);
	virtual fpos<_Mbstatet> seekoff(long long, int, int = 3); virtual fpos<_Mbstatet> seekpos(fpos<_Mbstatet>, int = 3);
	virtual basic_streambuf *setbuf(E *, long long); virtual int sync(); virtual void imbue(const locale &);
};
#pragma vtordisp(push, 2) // as the headers do
template <class E, class T> class IMPORT basic_ostream : virtual public basic_ios<E, T> {
public:
	explicit basic_ostream(basic_streambuf<E, T> *, bool = false);
	virtual ~basic_ostream();
	basic_ostream &operator<<(bool); basic_ostream &operator<<(short); basic_ostream &operator<<(unsigned short);
	basic_ostream &operator<<(int); basic_ostream &operator<<(unsigned); basic_ostream &operator<<(long);
	basic_ostream &operator<<(unsigned long); basic_ostream &operator<<(long long); basic_ostream &operator<<(unsigned long long);
	basic_ostream &operator<<(float); basic_ostream &operator<<(double); basic_ostream &operator<<(const void *);
	basic_ostream &operator<<(basic_ostream &(*)(basic_ostream &)); basic_ostream &operator<<(basic_streambuf<E, T> *);
	basic_ostream &put(E); basic_ostream &write(const E *, long long); basic_ostream &flush();
	basic_ostream &seekp(long long, int); fpos<_Mbstatet> tellp();
};
template <class E, class T> class IMPORT basic_istream : virtual public basic_ios<E, T> {
	long long count;
public:
	explicit basic_istream(basic_streambuf<E, T> *, bool = false);
	virtual ~basic_istream();
	basic_istream &operator>>(int &); basic_istream &operator>>(unsigned short &); basic_istream &operator>>(long long &);
	basic_istream &operator>>(double &); basic_istream &operator>>(float &); basic_istream &operator>>(bool &);
	typename T::int_type get(); typename T::int_type peek(); basic_istream &getline(E *, long long); basic_istream &read(E *, long long);
	basic_istream &ignore(long long = 1, typename T::int_type = -1); basic_istream &putback(E); long long gcount() const;
	basic_istream &seekg(long long, int); fpos<_Mbstatet> tellg();
};
template <class E, class T> class IMPORT basic_iostream : public basic_istream<E, T>, public basic_ostream<E, T> {
public:
	explicit basic_iostream(basic_streambuf<E, T> *);
	virtual ~basic_iostream();
};
#pragma vtordisp(pop)
typedef basic_streambuf<ch, char_traits<ch>> streambuf;
typedef basic_ostream<ch, char_traits<ch>> ostream;
typedef basic_istream<ch, char_traits<ch>> istream;
typedef basic_iostream<ch, char_traits<ch>> iostream;
extern IMPORT ostream cout, cerr;
extern IMPORT istream cin;
}
using namespace std;
enum { SKIPWS=1, UPPER=4, SHOWBASE=8, SHOWPOINT=0x10, SHOWPOS=0x20, LEFT=0x40, INTERNAL=0x100, DEC=0x200, OCT=0x400, HEX=0x800, SCI=0x1000, FIX=0x2000, BOOLA=0x4000 };

/* A buffer of fixed size with a put area, and the get area over what was put. */
class membuf : public streambuf {
	ch text[400];
public:
	int syncs;
	membuf() : syncs(0) { memset(text, 0, sizeof(text)); setp(text, text + 8); setg(text, text, text); }
	const ch *str() { *pptr() = 0; return text; }
	void put_string(const ch *s) { ch *at = text; while (*s) *at++ = *s++; setg(text, text, at); }
protected:
	int_type overflow(int_type c) override { /* a little more room each time */
		ch *next = pptr(); if (c == (int_type)-1) return 0; if (next >= text + 390) return -1;
		setp(next, next + 8 > text + 390 ? text + 390 : next + 8); *next = (ch)c; pbump(1); return c; }
	int sync() override { syncs++; return 0; }
	fpos<_Mbstatet> seekoff(long long off, int way, int which) override {
		if (which == 2) return fpos<_Mbstatet>(pptr() - text);
		ch *to = way == 0 ? text + off : way == 1 ? gptr() + off : egptr() + off;
		if (to < text || to > egptr()) return fpos<_Mbstatet>(-1);
		setg(text, to, egptr()); return fpos<_Mbstatet>(to - text); }
};
/* A class of the program's over the library's, with a virtual base. */
class memstream : public ostream { public: membuf buffer; int tag; memstream() : ostream(&buffer), tag(7) {} ~memstream() { tag = 0; } };
class both : public iostream { public: membuf buffer; both() : iostream(&buffer) {} };

static ostream &say(ostream &s, const ch *t) { long long n = 0; while (t[n]) n++; s.rdbuf()->sputn(t, n); return s; }
static ostream &end(ostream &s) { s.put('\n'); return s.flush(); }

static void numbers(ostream &s) {
	say(s << 42 << -7, L_(" ")) << (short)-1; say(s, L_(" ")) << 4000000000u; say(s, L_(" ")) << -9000000000LL << end;
	s.setf(HEX, 0xe00); s.setf(SHOWBASE); say(s << 255 << (short)-1 << -1, L_(" ")) << 0; s.setf(UPPER); say(s, L_(" ")) << 48879u << end;
	s.flags(SKIPWS|OCT|SHOWBASE); s << 8 << end; s.flags(SKIPWS|DEC|SHOWPOS); s << 5 << 0u << -5 << end;
	s.flags(SKIPWS|DEC); s.fill('*'); s.width(6); say(s << 42, L_("|")); s.setf(LEFT, 0x1c0); s.width(6); say(s << -42, L_("|"));
	s.setf(INTERNAL, 0x1c0); s.width(6); say(s << -42, L_("|")); s.flags(HEX|SHOWBASE|INTERNAL); s.width(8); s << 42 << end;
	s.fill(' '); s.flags(DEC); say(say(s << 1.0/3, L_(" ")) << 1e100, L_(" ")) << 100000.0 << end; s.precision(12); say(s << 1.0/3, L_(" ")) << 2.5f << end;
	s.precision(2); s.flags(FIX); say(say(s << 3.14159, L_(" ")) << -0.005, L_(" ")) << 1e20 << end; s.flags(SCI|UPPER); s << 12345.678 << end;
	s.precision(6); s.flags(SHOWPOINT); s << 1.5 << end; s.flags(DEC); say(s << true << false, L_(" ")); s.setf(BOOLA); say(s << true, L_(" ")); s.width(7); s << false << end; s.flags(DEC);
	s << (const void *)0x12AB << end;
}
static void test_input() {
	both s; int i = 0; unsigned short u = 0; double d = 0; bool b = false; long long big = 0; ch line[20];
	s.buffer.put_string(L_("  12 -5 70000 1.5e3x 1 99999999999999999999 rest of it\nnext\n"));
	s >> i; cout << i; s >> i; say(cout, L_(" ")) << i; s >> u; say(cout, L_(" ")) << (int)u << s.fail() << end; s.clear();
	s >> d; say(cout << d, L_(" ")) << (char)0 + s.get() << end; s >> b >> big; say(say(cout << b, L_(" ")) << big, L_(" ")) << s.fail() << end; s.clear();
	s.ignore(); s.getline(line, 20); say(cout, line); say(cout, L_(" ")) << s.gcount() << end; cout << (long long)s.tellg() << end;
	s.seekg(2, 0); s >> i; cout << i << end; s.seekg(-3, 2); s.read(line, 5); say(cout << s.gcount(), L_(" ")) << s.eof() << s.fail() << end;
	s.clear(); s.seekg(0, 0); s.ignore(1000, '\n'); s.putback('\n'); cout << s.get() << end; cout << (int)(short)s.peek() << end;
}
static int test_failure() { memstream s; s.exceptions(4); s.setstate(0); try { s.setstate(2); s.clear(); s.setstate(4); } catch (...) { return 1; } return 0; }
#ifdef WIDE
static void check(bool right, const ch *what) { if (!right) say(say(cout, what), L_(" failed")) << end; }
static void test_ctype() {
	const ctype<wchar_t> *f = 0; locale c; wchar_t text[] = L"aB1\x416", *last = text + 4; short masks[4]; char bytes[5] = {0};
	check(ctype<wchar_t>::_Getcat((const locale::facet **)&f, 0) == 2 && f, L_("_Getcat"));
	check(f->is(0x103, L'a') && !f->is(0x103, L'1') && f->is(4, L'1') && f->is(0x103, 0x416), L_("is"));
	check(f->is(text, last, masks) == last && (masks[2] & 4) && (masks[0] & 2), L_("is of a range"));
	check(f->scan_is(4, text, last) == text + 2 && f->scan_not(0x103, text, last) == text + 2, L_("scan"));
	check(f->tolower(L'B') == L'b' && f->toupper(text, last) == last && text[0] == L'A' && text[3] == 0x416, L_("case"));
	check(f->widen('x') == L'x' && f->narrow(0x416, '?') == '?' && f->narrow(L'x', '?') == 'x', L_("widen"));
	check(f->narrow(text, last, '.', bytes) == last && bytes[0] == 'A' && bytes[3] == '.', L_("narrow of a range"));
	check(cout.widen('y') == L'y', L_("ios::widen"));
}
#endif
extern "C" void mainCRTStartup() {
	say(cout, L_("cout works")) << end;
	{ memstream s; numbers(s); say(cout, s.buffer.str()); cout << s.buffer.syncs << s.tag << (long long)s.tellp() << end; }
	numbers(cout); cout.flags(DEC|SKIPWS);
	{ memstream *s = new memstream; ostream *base = s; say(*base, L_("deleted through a base")) << end; say(cout, s->buffer.str()); delete base; }
	{ membuf b; iostream s(&b); s << 77; s.width(400); s << 1; cout << s.fail() << end; }
	{ membuf b; b.put_string(L_("from a buffer\n")); cout << &b; }
	test_input();
#ifdef WIDE
	test_ctype();
#endif
	cout << test_failure() << end;
	ExitProcess(0);
}
extern "C" void terminate();
void out_of_line_terminate() __asm__("?terminate@@YAXXZ");
void out_of_line_terminate() { terminate(); }
extern "C" { __declspec(dllimport) void *malloc(unsigned long long); __declspec(dllimport) void free(void *); }
void *__cdecl operator new(unsigned long long n) { return malloc(n); }
void __cdecl operator delete(void *p, unsigned long long) noexcept { free(p); }
void __cdecl operator delete(void *p) noexcept { free(p); }
