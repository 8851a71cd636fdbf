@echo off
rem What sets ERRORLEVEL, and what && and || see.
setlocal EnableDelayedExpansion
call :set 666 & (echo a && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (echo a > nowhere\at\all && echo S !errorlevel! || echo F !errorlevel!) 2>nul
call :set 666 & (echo a > nowhere\at\all) 2>nul & echo L !errorlevel!
call :set 666 & ((if 1==0 echo a) && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & ((for %%i in () do echo) && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (no_such_program && echo S !errorlevel! || echo F !errorlevel!) 2>nul
call :set 666 & no_such_program 2>nul & echo L !errorlevel!
call :set 666 & (cmd /c exit 1024 && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & ((echo a | echo b) && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (rd nowhere && echo S !errorlevel! || echo F !errorlevel!) 2>nul
call :set 666 & rd nowhere 2>nul & echo L !errorlevel!
call :set 666 & (md made && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (md made && echo S !errorlevel! || echo F !errorlevel!) 2>nul
call :set 666 & (rd made && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (cd nowhere && echo S !errorlevel! || echo F !errorlevel!) 2>nul
call :set 666 & (cd . && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (pushd . && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (popd && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (popd && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & popd & echo L !errorlevel!
call :set 666 & (set NOT_THERE && echo S !errorlevel! || echo F !errorlevel!) 2>nul
call :set 666 & (set THERE=1 && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (title x && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (type nul && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (type nowhere && echo S !errorlevel! || echo F !errorlevel!) 2>nul
call :set 666 & (del nowhere && echo S || echo F !errorlevel!) 2>nul
call :set 666 & del nowhere 2>nul & echo L !errorlevel!
call :set 666 & (ren nowhere x && echo S !errorlevel! || echo F !errorlevel!) 2>nul
call :set 666 & (copy nowhere x >nul && echo S !errorlevel! || echo F !errorlevel!) 2>nul
call :set 666 & (move nowhere x >nul && echo S !errorlevel! || echo F !errorlevel!) 2>nul
call :set 666 & (dir nowhere >nul && echo S !errorlevel! || echo F !errorlevel!) 2>nul
call :set 666 & (ver >nul && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (vol >nul && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (verify >nul && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (break && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (prompt && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (path >nul && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (date /t >nul && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (setlocal && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (endlocal && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (shift && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (start /b /wait "" cmd /c exit 1024 && echo S !errorlevel! || echo F !errorlevel!)
call :set 0 && echo S !errorlevel! || echo F !errorlevel!
call :set 33 && echo S !errorlevel! || echo F !errorlevel!
(echo exit /b %%1) >code.bat
call :set 666 & (call code.bat 0 && echo S !errorlevel! || echo F !errorlevel!)
call :set 666 & (call code.bat 1024 && echo S !errorlevel! || echo F !errorlevel!)
(echo @set A=1& echo @path ^>nul) >quiet.bat
call :set 666 & call quiet.bat & echo L !errorlevel!
del code.bat quiet.bat
goto :eof
:set
exit /b %1
