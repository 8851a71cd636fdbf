@echo off
rem Pipes: both sides are processes.
echo one | (set /p X= & set X)
echo left| find "left"
set Y=kept
set Y=lost| echo x >nul
echo %Y%
(echo a& echo b& echo c) | find /c /v ""
echo first | find "first" | find /c "first"
cmd /c exit 5 | cmd /c exit 6
echo %ERRORLEVEL%
echo x| cmd /c exit 0
echo %ERRORLEVEL%
for %%i in (p q) do echo %%i| find "q"
for %%i in (1 2) do (if %%i==1 (echo is %%i) else echo is not %%i)| find "is"
if 1==1 echo cond| find "cond"
echo a^^^&b| find "a"
cmd /c "echo nested| find "nested""
(echo @no_such_program ^| echo never& echo @echo never)>broken.cmd
cmd /c broken.cmd 2>nul
echo %ERRORLEVEL%
del broken.cmd
