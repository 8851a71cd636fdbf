@echo off
rem What ECHO ON shows.
prompt [p]
@echo on
echo word
@echo hidden
echo two & echo three
if 1==1 echo four
for %%i in (a b) do echo %%i
(echo five
echo six)
rem a comment
set X=%UNDEFINED%value
echo seven >nul
:label
call :sub
@echo off
echo off
echo
goto :eof
:sub
echo in sub
goto :eof
