@echo off
rem xcopy and attrib.
md from\sub\deep from\empty
echo one>from\one.txt
echo two>from\two.log
echo three>from\sub\three.txt
echo four>from\sub\deep\four.txt
xcopy from to /i
dir /b to
xcopy from to2 /s /i /q
dir /b /s to2 | find /c "to2"
xcopy /e /i /y /q from to3
if exist to3\empty echo empty too
xcopy from\*.txt to4\ /s
if not exist to4\two.log echo no log
echo F|xcopy from\one.txt to4\new.txt >nul
type to4\new.txt
echo changed>from\one.txt
echo N|xcopy from\one.txt to4\one.txt >nul
type to4\one.txt
xcopy /y from\one.txt to4 >nul
type to4\one.txt
xcopy nowhere to5 /i
echo %ERRORLEVEL%
xcopy /l /f from\two.log to4\
echo sub>skip.txt
xcopy from to6 /s /i /exclude:skip.txt
xcopy from\one.txt
if exist one.txt echo here
xcopy /t from to7\
if exist to7\sub\deep echo folders
if not exist to7\one.txt echo no files
attrib +r one.txt
attrib one.txt | find " R " >nul && echo protected
del one.txt
if exist one.txt echo still there
attrib -r one.txt
del one.txt
if not exist one.txt echo gone
attrib nowhere.txt
for %%i in (from to to2 to3 to4 to6 to7) do rd /s /q %%i
