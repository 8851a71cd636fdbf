/*
 * tests/cxx/rtti.cpp - run-time types: casts in every direction through single, multiple, virtual and private bases, type names,
 * and what fails.  The answers are the language's; a native build (-DNATIVE) prints the same.
 */
#ifdef NATIVE
#include <stdio.h>
#include <typeinfo>
#include <exception>
#include <string.h>
#define EXIT(c) return c
#define START int main()
static void show(const char *t) { fputs(t, stdout); }
#else
typedef unsigned long long SIZE;
extern "C" {
__declspec(dllimport) void __stdcall ExitProcess(unsigned);
__declspec(dllimport) void *__stdcall GetStdHandle(unsigned);
__declspec(dllimport) int __stdcall WriteFile(void *, const void *, unsigned, unsigned *, void *);
__declspec(dllimport) void terminate();
__declspec(dllimport) const char *__std_type_info_name(void *data, void *list);
__declspec(dllimport) int __std_type_info_compare(const void *a, const void *b);
__declspec(dllimport) SIZE __std_type_info_hash(const void *a);
__declspec(dllimport) const char *__unDName(char *, const char *, int, void *(*)(SIZE), void (*)(void *), unsigned short);
__declspec(dllimport) void *malloc(SIZE);
__declspec(dllimport) void free(void *);
__declspec(dllimport) int strcmp(const char *, const char *);
__declspec(dllimport) void _purecall();
int _fltused;
void *vt[2] __asm__("??_7type_info@@6B@") = {0, 0};
}
static struct alignas(16) { void *head[2]; } names;
/* Laid out as Microsoft's: the static part of the runtime has the members. */
class type_info {
public:
	virtual ~type_info() {}
	bool operator==(const type_info &o) const { return __std_type_info_compare(data, o.data) == 0; }
	bool before(const type_info &o) const { return __std_type_info_compare(data, o.data) < 0; }
	const char *name() const { return __std_type_info_name((void *)data, &names); }
	SIZE hash_code() const { return __std_type_info_hash(data); }
private:
	void *data[2]; /* undecorated, decorated */
};
namespace std {
using ::type_info;
class exception { public: virtual ~exception() {} virtual const char *what() const { return text; } const char *text; bool owned; };
class bad_cast : public exception {};
class bad_typeid : public exception {};
class __non_rtti_object : public bad_typeid {};
}
static void show(const char *t) { unsigned n = 0, w; while (t[n]) n++; WriteFile(GetStdHandle(-11), t, n, &w, 0); }
#define EXIT(c) ExitProcess(c)
#define START extern "C" void mainCRTStartup()
void out_of_line_terminate() __asm__("?terminate@@YAXXZ");
void out_of_line_terminate() { terminate(); }
void __cdecl operator delete(void *, SIZE) noexcept {}
void __cdecl operator delete(void *) noexcept {}
#endif
#define N __attribute__((noinline))

struct A { int a = 1; virtual ~A() {} };
struct B { int b = 2; virtual ~B() {} };
struct C : A { int c = 3; };
struct D : C, B { int d = 4; };
struct V { int v = 5; virtual ~V() {} };
struct L : virtual V { int l = 6; };
struct R : virtual V { int r = 7; virtual void f() {} };
struct Diamond : A, L, R { int x = 8; };
struct Deeper : B, virtual Diamond { int y = 9; };
struct P1 : A { int p = 10; };
struct P2 : A { int q = 11; };
struct Twice : P1, P2 { int t = 12; };
struct Private : private A, public B { A *self() { return this; } };
struct Protected : protected L { V *self() { return this; } L *l() { return this; } };
struct Empty {};
struct WithEmpty : Empty, A {};
struct Abstract { virtual int f() = 0; virtual ~Abstract() {} };
struct Concrete : Abstract, virtual A { int f() override { return 1; } };
template <class T, int K> struct Template : A {};
namespace space { struct Inner : A {}; enum Enum { one }; struct Outer { struct Nested : B {}; }; }
template <class... T> struct Pack {};
namespace { struct Hidden {}; }
struct InCtor : L { bool ok; InCtor(); };
struct InCtorDerived : InCtor, A {};
struct T1 : virtual V { int t = 13; };
struct M1 : T1 { int m = 14; };
struct M2 : T1 { int n = 15; };
struct Z : M1, M2 { int z = 16; };
static const std::type_info *seen;
template <class To, class From> N To *cast(From *p) { return dynamic_cast<To *>(p); }
InCtor::InCtor() { V *v = this; seen = &typeid(*v); ok = cast<InCtor>(v) == this && cast<InCtorDerived>(v) == 0 && cast<A>(v) == 0; }

static int count, failed;
static void line(const char *what, bool ok) { count++; if (!ok) { failed++; show("wrong: "); show(what); show("\n"); } }
#define OK(x) line(#x, x)

static N void casts()
{
	D d; Diamond di; Deeper de; Twice tw; Private pr; Protected po; WithEmpty we; Concrete co; InCtorDerived ic;
	A *a = &d; B *b = &d; C *c = &d;
	OK(cast<D>(a) == &d); OK(cast<D>(b) == &d); OK(cast<B>(a) == b); OK(cast<A>(b) == a); OK(cast<C>(b) == c); OK(cast<void>(b) == &d); OK(cast<Twice>(a) == 0);
	A *none = 0; OK(cast<D>(none) == 0);
	V *v = &di; L *l = &di; R *r = &di;
	OK(cast<Diamond>(v) == &di); OK(cast<L>(v) == l); OK(cast<R>(l) == r); OK(cast<A>(v) == (A *)&di); OK(cast<V>((A *)&di) == v); OK(cast<L>((A *)&di) == l); OK(cast<void>(v) == &di); OK(cast<Deeper>(v) == 0);
	v = &de; l = &de; r = &de;
	OK(cast<Diamond>(v) == (Diamond *)&de); OK(cast<Deeper>(l) == &de); OK(cast<B>(v) == (B *)&de); OK(cast<R>((B *)&de) == r); OK(cast<A>(r) == (A *)&de); OK(cast<void>(r) == &de);
	P1 *p1 = &tw; P2 *p2 = &tw; A *a1 = p1, *a2 = p2;
	OK(cast<P2>(p1) == p2); OK(cast<P1>(a2) == p1); OK(cast<Twice>(a1) == &tw && cast<Twice>(a2) == &tw); OK(cast<A>((P1 *)p1) == a1); OK(cast<P2>(a1) == p2);
	OK(cast<Private>(pr.self()) == 0); OK(cast<B>(pr.self()) == 0); OK(cast<Private>((B *)&pr) == &pr); OK(cast<A>((B *)&pr) == 0); OK(cast<void>(pr.self()) == &pr);
	OK(cast<L>(po.self()) == po.l());
	OK(cast<WithEmpty>((A *)&we) == &we); OK(cast<Concrete>((A *)&co) == &co); OK(cast<A>((Abstract *)&co) == (A *)&co); OK(cast<Abstract>((A *)&co) == (Abstract *)&co);
	Z z; V *zv = &z; T1 *zt = static_cast<M1 *>(&z);
	OK(cast<T1>(zv) == 0); OK(cast<M2>(zv) == (M2 *)&z); OK(cast<Z>(zv) == &z); OK(cast<M2>(zt) == (M2 *)&z); OK(cast<T1>((M2 *)&z) == (T1 *)(M2 *)&z);
	OK(ic.ok); OK(*seen == typeid(InCtor)); OK(cast<A>((V *)&ic) == (A *)&ic);
}
static N void references()
{
	D d; A plain; A *a = &d; int r = 0;
	try { D &x = dynamic_cast<D &>(*a); r = &x == &d; } catch (...) { r = -1; } OK(r == 1);
	a = &plain; r = 0;
	try { D &x = dynamic_cast<D &>(*a); r = -1; (void)x; } catch (std::bad_cast &) { r = 1; } OK(r == 1); r = 0;
	try { D &x = dynamic_cast<D &>(*a); (void)x; } catch (std::exception &e) { r = e.what() != 0; } OK(r == 1);
	a = 0; r = 0;
	try { r = typeid(*a) == typeid(A) ? -1 : -2; } catch (std::bad_typeid &) { r = 1; } OK(r == 1);
}
static N void types()
{
	D d; Diamond di; A *a = &d; V *v = &di;
	OK(typeid(*a) == typeid(D)); OK(!(typeid(*a) == typeid(C))); OK(typeid(*v) == typeid(Diamond)); OK(typeid(a) == typeid(A *)); OK(typeid(const A &) == typeid(A)); OK(!(typeid(A *) == typeid(const A *)));
	OK(typeid(D).hash_code() == typeid(*a).hash_code()); OK(typeid(D).hash_code() != typeid(A).hash_code()); OK(typeid(A).before(typeid(B)) != typeid(B).before(typeid(A))); OK(!typeid(A).before(typeid(A)));
	OK(typeid(int).name() == typeid(int).name());
#ifndef NATIVE
	struct Local {};
	auto lambda = [] {};
	struct Inside { static const char *name() { struct Deep {}; return typeid(Deep).name(); } };
	const struct { const char *given, *wanted; } list[] = {
		{typeid(int).name(), "int"}, {typeid(D).name(), "struct D"}, {typeid(std::bad_cast).name(), "class std::bad_cast"}, {typeid(space::Outer::Nested).name(), "struct space::Outer::Nested"},
		{typeid(space::Enum).name(), "enum space::Enum"}, {typeid(A *).name(), "struct A * __ptr64"}, {typeid(const char *).name(), "char const * __ptr64"}, {typeid(int[3]).name(), "int [3]"}, {typeid(unsigned long long).name(), "unsigned __int64"},
		{typeid(Template<int, 5>).name(), "struct Template<int,5>"}, {typeid(Template<Template<char, -1>, 0>).name(), "struct Template<struct Template<char,-1>,0>"}, {typeid(void (*)(int, char)).name(), "void (__cdecl*)(int,char)"},
		{typeid(int (A::*)(double) const).name(), "int (__cdecl A::*)(double)const __ptr64"}, {typeid(wchar_t).name(), "wchar_t"}, {typeid(bool).name(), "bool"}, {typeid(char16_t).name(), "char16_t"}, {typeid(long double).name(), "long double"},
		{typeid(Pack<int, A, int *>).name(), "struct Pack<int,struct A,int * __ptr64>"}, {typeid(Pack<>).name(), "struct Pack<>"}, {typeid(Pack<Pack<A>, space::Inner, Pack<A>>).name(), "struct Pack<struct Pack<struct A>,struct space::Inner,struct Pack<struct A> >"},
		{typeid(int(char)).name(), "int __cdecl(char)"}, {typeid(void (*)()).name(), "void (__cdecl*)(void)"}, {typeid(int (*)(const char *, ...)).name(), "int (__cdecl*)(char const * __ptr64,...)"}, {typeid(void (*)(A &, A &, B &&)).name(), "void (__cdecl*)(struct A & __ptr64,struct A & __ptr64,struct B && __ptr64)"},
		{typeid(int (*)[3]).name(), "int (* __ptr64)[3]"}, {typeid(char const *const *).name(), "char const * __ptr64 const * __ptr64"}, {typeid(Hidden).name(), "struct `anonymous namespace'::Hidden"}, {typeid(int[2][3]).name(), "int [2][3]"}, {typeid(Template<const int, 100000>).name(), "struct Template<int const ,100000>"},
		{typeid(A (*)(A)).name(), "struct A (__cdecl*)(struct A)"}, {typeid(void (A::*)()).name(), "void (__cdecl A::*)(void) __ptr64"},
		{typeid(Local).name(), "struct `void __cdecl types(void)'::`2'::Local"}, {typeid(lambda).name(), "class `void __cdecl types(void)'::`1'::<lambda_0>"}, {Inside::name(), "struct `public: static char const * __ptr64 __cdecl `void __cdecl types(void)'::`2'::Inside::name(void)'::`2'::Deep"},
		{typeid(decltype(nullptr)).name(), "std::nullptr_t"}, {typeid(signed char).name(), "signed char"}, {typeid(int A::*).name(), "int A::* __ptr64"},
	};
	for (auto &e : list) { count++; if (strcmp(e.given, e.wanted)) { failed++; show("name: "); show(e.given); show(", not "); show(e.wanted); show("\n"); } }
#endif
}
START {
	casts(); references(); types();
	show(failed ? "failed\n" : "done\n");
	EXIT(failed ? 1 : 0);
}
