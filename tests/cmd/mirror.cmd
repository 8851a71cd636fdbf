@echo off
rem robocopy: what is copied, what goes, and the exit codes.
md from\sub\deep from\empty
echo one>from\one.txt
echo two>from\two.log
echo three>from\sub\three.txt
echo four>from\sub\deep\four.txt
robocopy from to /njh /njs /ndl
echo %ERRORLEVEL%
robocopy from to /njh /njs /ndl
echo %ERRORLEVEL%
robocopy from to2 /s /njh /njs /ndl /nfl
echo %ERRORLEVEL%
if not exist to2\empty echo no empty one
robocopy from to2 /e /njh /njs /ndl /nfl >nul
if exist to2\empty echo the empty one
robocopy from to3 *.txt /s /lev:2 /ns /nc /njh /njs /ndl
if not exist to3\two.log echo no log
if not exist to3\sub\deep echo nothing deep
echo extra>to2\extra.txt
md to2\old\older
echo old>to2\old\older\old.txt
robocopy from to2 /e /njh /njs /ndl
echo %ERRORLEVEL%
if exist to2\extra.txt echo kept
robocopy from to2 /mir /l /njh /njs /ndl
echo %ERRORLEVEL%
if exist to2\old\older\old.txt echo listed only
robocopy from to2 /mir /njh /njs /ndl /nfl
echo %ERRORLEVEL%
if not exist to2\old echo gone
if not exist to2\extra.txt echo gone too
robocopy from to4 /e /xd deep /xf *.log /njh /njs /ndl
if not exist to4\sub\deep echo excluded
echo longer>from\one.txt
robocopy from to one.txt /xn /xo /xc /njh /njs /ndl
echo %ERRORLEVEL%
robocopy from to one.txt /njs /njh /ndl /nc /ns
type to\one.txt
robocopy from to5 one.txt /mov /njh /njs /ndl /nfl
if not exist from\one.txt echo moved
type to5\one.txt
robocopy from\sub to6 /e /move /njh /njs /ndl /nfl
if not exist from\sub echo moved all
type to6\deep\four.txt
md to\two.log2
ren to\two.log two.old
md to\two.log
robocopy from to two.log /njh /njs /ndl /nfl
echo %ERRORLEVEL%
robocopy nowhere to /njh | find "ERROR 2"
robocopy nowhere to /njh >nul
echo %ERRORLEVEL%
robocopy from
echo %ERRORLEVEL%
robocopy from to /what
echo %ERRORLEVEL%
robocopy to4 to7 /e /njh | findstr "Dirs Files Bytes"
robocopy to4 to8 /e /njh /njs /nfl | find /c "New Dir"
robocopy to4 to8 /e /njh /ndl /nfl | findstr "Dirs Files Bytes Total"
