/*
 * tests/cxx/throw.cpp - exceptions and run-time types as Microsoft's compiler lays them out (clang makes the same tables).
 * Each line of the output: the test, the order in which objects were made and destroyed, the result.
 */
extern "C" {
__declspec(dllimport) void __stdcall ExitProcess(unsigned);
__declspec(dllimport) void *__stdcall GetStdHandle(unsigned);
__declspec(dllimport) int __stdcall WriteFile(void*,const void*,unsigned,unsigned*,void*);
void *vt[2] __asm__("??_7type_info@@6B@") = {0,0};
int _fltused;
}
static char trace[4096]; static int tn;
static void put(char c){ trace[tn++]=c; }
struct D { char c; D(char x):c(x){} ~D(){ put(c);} };
struct Base { int v; virtual ~Base(){} Base(int x):v(x){} };
struct Mid { int pad=7; virtual void f(){} };
struct Derived : Mid, Base { Derived(int x):Base(x){ put('{'); } Derived(const Derived&o):Mid(o),Base(o){ put('c'); } ~Derived(){ put('}'); } };
__attribute__((noinline)) void thrower(int k){ D d('t'); if(k==1) throw 42; if(k==2) throw Derived(5); if (k==3) throw "str"; }
__attribute__((noinline)) int simple(){ D a('a'); try { D b('b'); thrower(1); } catch(int x){ put('0'+x%10); return x; } return 0; }
__attribute__((noinline)) int derived(){ try { thrower(2); } catch(int){ return 1; } catch(Base &b){ put('B'); return b.v; } return 0; }
__attribute__((noinline)) int byvalue(){ try { thrower(2); } catch(Derived d){ put('V'); return d.v; } return 0; }
__attribute__((noinline)) int rethrow_(){ D o('o'); try { try { D i('i'); thrower(2); } catch(Base&b){ D r('r'); b.v++; throw; } } catch(Derived &d){ put('R'); return d.v; } return 0; }
__attribute__((noinline)) int newthrow(){ D o('o'); try { try { D i('i'); thrower(2); } catch(Base&b){ D r('r'); throw 7; } } catch(int x){ put('N'); return x; } return 0; }
__attribute__((noinline)) int nested(){ int r=0; try { thrower(1);} catch(int){ D x('x'); try { D y('y'); thrower(3);} catch(const char*s){ put(s[0]); r=3; } put('z'); try { thrower(2);} catch(...){ put('E'); r+=10; } } try { thrower(1);} catch(...){ r+=100; } return r; }
__attribute__((noinline)) void escape(){ D e('e'); try { thrower(1);} catch(int){ D f('f'); thrower(3); } }
__attribute__((noinline)) int outer(){ D g('g'); try { escape(); } catch(const char*){ put('O'); return 9; } return 0; }
__attribute__((noinline)) int escape2in(){ D p('p'); try { thrower(1);} catch(int){ D q('q'); try { D s('s'); thrower(2);} catch(Base&){ D u('u'); thrower(3);} } return 0; }
__attribute__((noinline)) int outer2(){ try { escape2in(); } catch(const char*){ put('2'); return 2; } return 0; }
__attribute__((noinline)) int loop(){ int s=0; for(int i=0;i<300;i++){ try { D l('\0'); tn--; thrower(i%3+1); } catch(int x){ s+=x; } catch(Base&b){ s+=b.v; } catch(...){ s+=1; } tn=0; } return s; }
__attribute__((noinline)) int cast(){ Derived d(3); Mid*m=&d; Base*b=dynamic_cast<Base*>(m); tn=0; Base bb(1); Base*pb=&bb; return b && b->v==3 && (void*)b!=(void*)m && dynamic_cast<Derived*>(b)==&d && dynamic_cast<Derived*>(pb)==nullptr; }
/* Exceptions that msvcp140.dll throws: by reference to a base, by value, and not by another class. */
namespace std {
class exception { public: virtual ~exception(); virtual char const *what() const; const char *text; bool owned; exception(const exception &); };
class logic_error : public exception { public: logic_error(const logic_error &); };
class out_of_range : public logic_error { public: out_of_range(const out_of_range &); };
class length_error : public logic_error { public: length_error(const length_error &); };
class bad_alloc : public exception {};
class runtime_error : public exception { public: runtime_error(const runtime_error &); };
namespace regex_constants { enum error_type { error_paren = 5, error_unknown = 99 }; }
class regex_error : public runtime_error { public: regex_error(const regex_error &); regex_constants::error_type code; };
__declspec(dllimport) void __cdecl _Xregex_error(regex_constants::error_type);
__declspec(dllimport) void __cdecl _Xout_of_range(const char *);
__declspec(dllimport) void __cdecl _Xlength_error(const char *);
__declspec(dllimport) void __cdecl _Xbad_alloc();
exception::~exception() {}
const char *exception::what() const { return text; }
exception::exception(const exception &) {}
logic_error::logic_error(const logic_error &o) : exception(o) {}
out_of_range::out_of_range(const out_of_range &o) : logic_error(o) { put('C'); text = o.text; }
length_error::length_error(const length_error &o) : logic_error(o) {}
runtime_error::runtime_error(const runtime_error &o) : exception(o) {}
regex_error::regex_error(const regex_error &o) : runtime_error(o), code(o.code) { text = o.text; }
}
static void puts_(const char *s) { while (*s) put(*s++); }
__attribute__((noinline)) int library(){ int r=0; D a('a');
 try { D b('b'); std::_Xout_of_range("range"); } catch(std::length_error&){ r=-100; } catch(std::exception &e){ puts_(e.what()); r++; }
 try { std::_Xlength_error("length"); } catch(std::out_of_range&){ r=-100; } catch(std::length_error &e){ puts_(e.what()); r++; }
 try { std::_Xbad_alloc(); } catch(std::logic_error&){ r=-100; } catch(std::bad_alloc &e){ puts_(e.what()); r++; }
 try { std::_Xout_of_range("value"); } catch(std::out_of_range e){ put('V'); r++; }
 return r; }
__attribute__((noinline)) int regex(){ int r=0; D a('a');
 try { std::_Xregex_error(std::regex_constants::error_paren); } catch(std::logic_error&){ r=-100; } catch(std::runtime_error &e){ puts_(e.what()); r++; }
 try { std::_Xregex_error(std::regex_constants::error_paren); } catch(std::regex_error e){ r+=e.code; }
 try { std::_Xregex_error(std::regex_constants::error_unknown); } catch(std::regex_error &e){ puts_(e.what()); r+=e.code; }
 return r; }
static void flush(const char*n,int r){ char line[300]; int k=0; while(*n) line[k++]=*n++; line[k++]=' '; for(int i=0;i<tn&&i<200;i++) line[k++]=trace[i]?trace[i]:'.'; line[k++]=' '; char num[12]; int q=0; if(r<0){line[k++]='-'; r=-r;} do num[q++]='0'+r%10; while(r/=10); while(q) line[k++]=num[--q]; line[k++]='\n'; unsigned w; WriteFile(GetStdHandle(-11),line,k,&w,0); tn=0; }
extern "C" void mainCRTStartup(){
 int r; r=cast(); tn=0; flush("cast",r);
#define T(f) tn=0; r=f(); flush(#f,r);
 T(simple) T(derived) T(byvalue) T(rethrow_) T(newthrow) T(nested) T(outer) T(outer2) T(loop) T(simple) T(library) T(regex)
 ExitProcess(0);
}

/* What the static part of Microsoft's runtime would bring. */
extern "C" void terminate();
void out_of_line_terminate() __asm__("?terminate@@YAXXZ");
void out_of_line_terminate() { terminate(); }
void __cdecl operator delete(void *, unsigned long long) noexcept {}
void __cdecl operator delete(void *) noexcept {}
