@echo off
rem Operators, parentheses, quotes, carets.
echo a&echo b
echo c && echo d || echo e
(call) && echo no || echo f
echo g^&h "i&j" ^"k^&l^"
echo m^
n
echo o^

p
(echo q
echo r)
(
	echo s

	rem between
	:: a label that is none
	echo t
)
if 1==1 (echo u) else echo v
if 1==0 (echo u) else (echo v)
if 1==1 if 2==2 if 3==3 (echo a1) else (echo a2) else echo a3
if 1==1 if 2==0 if 3==3 (echo c1) else (echo c2) else echo c3
if 1==1 echo e1&echo e2 else echo e3
if 1==0 echo i1 else echo i2&echo i3
echo j|(more 2>nul & echo none) >nul
if 1==0 echo k1&&(echo k2) else echo k3
if 1==0 (echo m1)&(echo m2) else echo m3
@echo at
@(echo at again)
 echo blanks before
	echo a tab before
;,= echo delimiters before
echo.dot
echo:colon
echo(paren
echo/slash
echo.
echo a)b
(echo c^)d)
(echo "e)f")
echo trailing  blanks  ^& caret ^^ percent %%
>out.txt echo to a file
type out.txt
echo number 1>out.txt
type out.txt
echo number1>out.txt
type out.txt
>>out.txt (echo more& echo lines)
type out.txt
(echo out& echo err 1>&2) 2>&1 >nul
(echo out& echo err>&2) >out.txt 2>&1
type out.txt
<out.txt set /p LINE=
echo %LINE%
del out.txt
if exist out.txt echo still there
for %%i in (a
b c) do echo %%i
:label one
::comment & echo not seen
rem comment & echo not seen
rem & echo seen
goto:there
echo not seen
:there
echo there
:exotic+plus
goto exotic2
:exotic2:with more
echo done)x
) ignored & echo not seen
