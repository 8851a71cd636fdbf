@echo off
rem FOR over words, files, folders, trees and numbers.
for %%i in (A B,C;D=E) do echo %%i
for %%i in ("a b" 'c d' `e`) do echo %%i
for %%i in (x) do echo %%I %%j %%%%i
for %%i in (1 2) do for %%j in (a b) do echo %%i%%j
for %%i in () do echo never
for /l %%i in (1,2,6) do echo L%%i
for /l %%i in (3,-1,1) do echo D%%i
for /l %%i in (1,1,0) do echo never
md tree\b\c tree\a
echo one>tree\one.txt
echo two>tree\two.txt
echo three>tree\b\three.txt
echo four>tree\b\c\four.log
cd tree
for %%i in (*.txt) do echo F %%i
for %%i in (*.txt literal none*) do echo W %%i
for /d %%i in (*) do echo DIR %%i
for %%i in (b\*.txt) do echo S %%i %%~nxi
for /r %%i in (*.txt) do echo R %%~nxi
for /r b %%i in (*) do echo RB %%~nxi
for /r %%i in (.) do if exist %%i\one.txt echo root
for %%i in (*) do (
	set LAST=%%i
	for /l %%n in (1,1,2) do echo %%n %%i
)
echo %LAST%
cd ..
for /f %%i in ("one two") do echo [%%i]
rd /s /q tree
for %%i in (1 2 3) do (
	if %%i==2 goto out
	echo %%i
)
:out
echo out
for %%i in (1 2 3) do call :sub %%i
goto :eof
:sub
if %1==2 exit /b 5
echo sub %1
