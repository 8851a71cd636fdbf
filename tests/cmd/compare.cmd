@echo off
rem fc, comp, tree, and xcopy by date.
md top\one\deep top\two
echo a>top\a.txt
echo b>top\one\b.txt
echo c>top\two\c.txt
cd top
tree /a | findstr /v Volume
tree /f /a | findstr /v Volume
tree two /a | findstr /v "Volume TWO"
cd ..
tree nowhere >nul
echo %ERRORLEVEL%
tree /x
(echo one& echo two& echo three& echo four& echo five& echo six) > x
(echo one& echo two& echo 3& echo four& echo five& echo six& echo seven) > y
fc x y
echo %ERRORLEVEL%
fc /n x y | find ":"
fc x x
echo %ERRORLEVEL%
(echo A  b& echo c) > v
(echo a b& echo C) > w
fc /c /w v w
fc /l /c v w >nul
echo %ERRORLEVEL%
echo abc>x
echo abd>y
fc /b x y
fc x nowhere
echo %ERRORLEVEL%
fc x
echo %ERRORLEVEL%
comp x x /m
echo %ERRORLEVEL%
comp x y /m
comp x y /m /d /a
echo %ERRORLEVEL%
echo longer>y
echo N|comp x y
comp x nowhere /m
echo %ERRORLEVEL%
fc top\*.txt top\one\*.txt >nul
echo %ERRORLEVEL%
xcopy /d:01-01-2001 top to /s /i /q
xcopy /d:1-1-2199 top to2 /s /i /q
xcopy /d:13-1-2199 top to2 /s /i /q
echo %ERRORLEVEL%
rd /s /q top
