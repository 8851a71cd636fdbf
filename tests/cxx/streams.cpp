/*
 * tests/cxx/streams.cpp - the streams of msvcp140.dll as compiled programs use them: their classes are declared here as the
 * standard library's headers declare them, so that the compiler lays out virtual bases, vftables and constructors.
 * What is printed through cout, a buffer of the program's and an ostream of its own is compared with streams.expected.
 */
extern "C" {
__declspec(dllimport) void __stdcall ExitProcess(unsigned);
void *vt[2] __asm__("??_7type_info@@6B@") = {0,0};
int _fltused;
void *memset(void *, int, unsigned long long);
}
#define IMPORT __declspec(dllimport)
struct _Mbstatet { unsigned long w; unsigned short b, s; };
namespace std {
template <class E> struct char_traits;
template <class S> class fpos { long long off, pos; S state; public: fpos(long long o=0):off(o),pos(0),state() {} operator long long() const { return off+pos; } };
class locale { void *base, *ptr; };
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
	int sputc(E); long long sputn(const E *, long long); int sgetc(); int sbumpc(); int snextc(); int sungetc(); int pubsync();
protected:
	virtual int overflow(int = -1); virtual int pbackfail(int = -1); virtual long long showmanyc();
	virtual int underflow(); virtual int uflow(); virtual long long xsgetn(E *, long long); virtual long long xsputn(const E *, long long);
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
	int get(); int peek(); basic_istream &getline(E *, long long); basic_istream &read(E *, long long);
	basic_istream &ignore(long long = 1, int = -1); basic_istream &putback(E); long long gcount() const;
	basic_istream &seekg(long long, int); fpos<_Mbstatet> tellg();
};
template <class E, class T> class IMPORT basic_iostream : public basic_istream<E, T>, public basic_ostream<E, T> {
public:
	explicit basic_iostream(basic_streambuf<E, T> *);
	virtual ~basic_iostream();
};
#pragma vtordisp(pop)
typedef basic_streambuf<char, char_traits<char>> streambuf;
typedef basic_ostream<char, char_traits<char>> ostream;
typedef basic_istream<char, char_traits<char>> istream;
typedef basic_iostream<char, char_traits<char>> iostream;
extern IMPORT ostream cout, cerr;
extern IMPORT istream cin;
}
using namespace std;
enum { SKIPWS=1, UPPER=4, SHOWBASE=8, SHOWPOINT=0x10, SHOWPOS=0x20, LEFT=0x40, INTERNAL=0x100, DEC=0x200, OCT=0x400, HEX=0x800, SCI=0x1000, FIX=0x2000, BOOLA=0x4000 };

/* A buffer of fixed size with a put area, and the get area over what was put. */
class membuf : public streambuf {
	char text[400];
public:
	int syncs;
	membuf() : syncs(0) { memset(text, 0, sizeof(text)); setp(text, text + 8); setg(text, text, text); }
	const char *str() { *pptr() = 0; return text; }
	void put_string(const char *s) { char *at = text; while (*s) *at++ = *s++; setg(text, text, at); }
protected:
	int overflow(int c) override { /* a little more room each time */
		char *next = pptr(); if (c == -1) return 0; if (next >= text + 390) return -1;
		setp(next, next + 8 > text + 390 ? text + 390 : next + 8); *next = (char)c; pbump(1); return c; }
	int sync() override { syncs++; return 0; }
	fpos<_Mbstatet> seekoff(long long off, int way, int which) override {
		if (which == 2) return fpos<_Mbstatet>(pptr() - text);
		char *to = way == 0 ? text + off : way == 1 ? gptr() + off : egptr() + off;
		if (to < text || to > egptr()) return fpos<_Mbstatet>(-1);
		setg(text, to, egptr()); return fpos<_Mbstatet>(to - text); }
};
/* A class of the program's over the library's, with a virtual base. */
class memstream : public ostream { public: membuf buffer; int tag; memstream() : ostream(&buffer), tag(7) {} ~memstream() { tag = 0; } };
class both : public iostream { public: membuf buffer; both() : iostream(&buffer) {} };

static ostream &say(ostream &s, const char *t) { long long n = 0; while (t[n]) n++; s.rdbuf()->sputn(t, n); return s; }
static ostream &end(ostream &s) { s.put('\n'); return s.flush(); }

static void numbers(ostream &s) {
	say(s << 42 << -7, " ") << (short)-1; say(s, " ") << 4000000000u; say(s, " ") << -9000000000LL << end;
	s.setf(HEX, 0xe00); s.setf(SHOWBASE); say(s << 255 << (short)-1 << -1, " ") << 0; s.setf(UPPER); say(s, " ") << 48879u << end;
	s.flags(SKIPWS|OCT|SHOWBASE); s << 8 << end; s.flags(SKIPWS|DEC|SHOWPOS); s << 5 << 0u << -5 << end;
	s.flags(SKIPWS|DEC); s.fill('*'); s.width(6); say(s << 42, "|"); s.setf(LEFT, 0x1c0); s.width(6); say(s << -42, "|");
	s.setf(INTERNAL, 0x1c0); s.width(6); say(s << -42, "|"); s.flags(HEX|SHOWBASE|INTERNAL); s.width(8); s << 42 << end;
	s.fill(' '); s.flags(DEC); say(say(s << 1.0/3, " ") << 1e100, " ") << 100000.0 << end; s.precision(12); say(s << 1.0/3, " ") << 2.5f << end;
	s.precision(2); s.flags(FIX); say(say(s << 3.14159, " ") << -0.005, " ") << 1e20 << end; s.flags(SCI|UPPER); s << 12345.678 << end;
	s.precision(6); s.flags(SHOWPOINT); s << 1.5 << end; s.flags(DEC); say(s << true << false, " "); s.setf(BOOLA); say(s << true, " "); s.width(7); s << false << end; s.flags(DEC);
	s << (const void *)0x12AB << end;
}
static void test_input() {
	both s; int i = 0; unsigned short u = 0; double d = 0; bool b = false; long long big = 0; char line[20];
	s.buffer.put_string("  12 -5 70000 1.5e3x 1 99999999999999999999 rest of it\nnext\n");
	s >> i; cout << i; s >> i; say(cout, " ") << i; s >> u; say(cout, " ") << (int)u << s.fail() << end; s.clear();
	s >> d; say(cout << d, " ") << (char)0 + s.get() << end; s >> b >> big; say(say(cout << b, " ") << big, " ") << s.fail() << end; s.clear();
	s.ignore(); s.getline(line, 20); say(cout, line); say(cout, " ") << s.gcount() << end; cout << (long long)s.tellg() << end;
	s.seekg(2, 0); s >> i; cout << i << end; s.seekg(-3, 2); s.read(line, 5); say(cout << s.gcount(), " ") << s.eof() << s.fail() << end;
	s.clear(); s.seekg(0, 0); s.ignore(1000, '\n'); s.putback('\n'); cout << s.get() << end; cout << s.peek() << end;
}
static int test_failure() { memstream s; s.exceptions(4); s.setstate(0); try { s.setstate(2); s.clear(); s.setstate(4); } catch (...) { return 1; } return 0; }
extern "C" void mainCRTStartup() {
	say(cout, "cout works") << end;
	{ memstream s; numbers(s); say(cout, s.buffer.str()); cout << s.buffer.syncs << s.tag << (long long)s.tellp() << end; }
	numbers(cout); cout.flags(DEC|SKIPWS);
	{ memstream *s = new memstream; ostream *base = s; say(*base, "deleted through a base") << end; say(cout, s->buffer.str()); delete base; }
	{ membuf b; iostream s(&b); s << 77; s.width(400); s << 1; cout << s.fail() << end; }
	{ membuf b; b.put_string("from a buffer\n"); cout << &b; }
	test_input(); cout << test_failure() << end;
	ExitProcess(0);
}
extern "C" void terminate();
void out_of_line_terminate() __asm__("?terminate@@YAXXZ");
void out_of_line_terminate() { terminate(); }
extern "C" { __declspec(dllimport) void *malloc(unsigned long long); __declspec(dllimport) void free(void *); }
void *__cdecl operator new(unsigned long long n) { return malloc(n); }
void __cdecl operator delete(void *p, unsigned long long) noexcept { free(p); }
void __cdecl operator delete(void *p) noexcept { free(p); }
