@echo off
rem find, findstr, sort, more, where and their like.
(echo apple pie
echo Banana 42
echo cherry
echo.
echo apple tart
echo x.y [z])>in.txt
find "apple" in.txt
find /c "apple" in.txt
find /n /i "BANANA" in.txt
find /v "a" <in.txt
find "none" in.txt
echo %ERRORLEVEL%
type in.txt | find "pie"
echo %ERRORLEVEL%
find unquoted in.txt
echo %ERRORLEVEL%
findstr apple in.txt
findstr "pie cherry" in.txt
findstr /c:"apple tart" in.txt
findstr /i /n banana in.txt
findstr /v "a" in.txt
findstr /b a in.txt
findstr /e "e" in.txt
findstr /r "[0-9][0-9]*" in.txt
findstr "^ch.*y$" in.txt
findstr /l "x.y [z]" in.txt
findstr /x cherry in.txt
findstr /r /c:"\<tart\>" in.txt
findstr /m apple *.txt
findstr /c:"." in.txt >nul & echo %ERRORLEVEL%
findstr nothing in.txt
echo %ERRORLEVEL%
echo pear>two.txt
findstr "pear apple" in.txt two.txt
findstr /s pear *.txt
type in.txt | findstr /r "^$" | find /c /v ""
sort in.txt
sort /r <in.txt
sort /+3 in.txt
sort in.txt /o sorted.txt
type sorted.txt
(echo a& echo A& echo b& echo a)|sort /unique
type two.txt | more
echo @echo found me>tool.bat
where tool.bat
where tool
where /q tool & echo %ERRORLEVEL%
where no_such_tool
echo %ERRORLEVEL%
where /r . two.txt
hostname>nul && echo hostname
whoami | find "\" >nul && echo whoami
chcp>nul && echo chcp
timeout /t 0 /nobreak >nul && echo timeout
taskkill /pid 999999 /f
echo %ERRORLEVEL%
taskkill /f
taskkill /im no_such_program.exe
choice /c abc /m "Which one" /d b /t 0
echo %ERRORLEVEL%
echo y|choice
echo %ERRORLEVEL%
choice /c:xyz /n /d:z /t:0
choice /c aA /d a /t 0 2>nul
echo %ERRORLEVEL%
choice /c aA /cs /d A /t 0
echo %ERRORLEVEL%
choice <nul >nul
echo %ERRORLEVEL%
