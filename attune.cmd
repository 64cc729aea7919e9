@echo off
rem Runs the attune command: finds a JDK 25, builds once if nothing is built yet, then runs java.
rem The variables are those of the attune script: ATTUNE_JAVA_HOME, ATTUNE_JAVA_OPTS, ATTUNE_REBUILD,
rem and ATTUNE_PROGRAM, which may name another module with a src\main\program\main-class.
setlocal EnableExtensions DisableDelayedExpansion

set "ATTUNE_ROOT=%~dp0"
if not defined ATTUNE_PROGRAM set "ATTUNE_PROGRAM=cli"
set "ATTUNE_TARGET=%ATTUNE_ROOT%%ATTUNE_PROGRAM%\target"
set "ATTUNE_MAIN_FILE=%ATTUNE_ROOT%%ATTUNE_PROGRAM%\src\main\program\main-class"
set "ATTUNE_MAIN="
if exist "%ATTUNE_MAIN_FILE%" for /f "usebackq delims=" %%M in ("%ATTUNE_MAIN_FILE%") do set "ATTUNE_MAIN=%%M"
if not defined ATTUNE_MAIN (
    echo attune: There is no program of that name. 1>&2
    echo   at   "%ATTUNE_MAIN_FILE%" 1>&2
    echo   fix  unset ATTUNE_PROGRAM 1>&2
    exit /b 4
)
set "ATTUNE_BUILT=%ATTUNE_TARGET%\attune\dependencies.txt"
set "ATTUNE_LOCK=%ATTUNE_ROOT%target\attune.lock"
set "ATTUNE_JDK="
set "ATTUNE_START=%ATTUNE_TARGET%\attune\start.aot"
set "ATTUNE_OPTIONS= -XX:+UseSerialGC -Dorg.bytedeco.javacpp.maxBytes=0 -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 -Dorg.bytedeco.javacpp.nopointergc=true --enable-native-access=ALL-UNNAMED"

if defined ATTUNE_JAVA_HOME (
    call :accept "%ATTUNE_JAVA_HOME%"
    if not defined ATTUNE_JDK (
        echo attune: ATTUNE_JAVA_HOME is no Java 25 or later. 1>&2
        echo   fix  set it to the folder of a JDK 25, or unset it 1>&2
        exit /b 4
    )
)
if not defined ATTUNE_JDK if defined JAVA_HOME call :accept "%JAVA_HOME%"
if not defined ATTUNE_JDK if defined JAVA25_HOME call :accept "%JAVA25_HOME%"
for %%P in ("%ProgramFiles%\Eclipse Adoptium" "%ProgramFiles%\Java" "%ProgramFiles%\Microsoft" "%ProgramFiles%\Zulu" "%USERPROFILE%\.jdks" "%USERPROFILE%\.sdkman\candidates\java") do (
    if exist "%%~P\" for /d %%J in ("%%~P\*") do if not defined ATTUNE_JDK call :accept "%%~J"
)
if not defined ATTUNE_JDK for %%X in (java.exe) do if not "%%~$PATH:X"=="" call :accept "%%~dp$PATH:X.."
if not defined ATTUNE_JDK (
    echo attune: No Java 25 or later was found. 1>&2
    echo   fix  install a JDK 25, such as Eclipse Temurin 25 from https://adoptium.net 1>&2
    exit /b 4
)

if "%ATTUNE_REBUILD%"=="1" goto build
if exist "%ATTUNE_BUILT%" goto run

:build
call :buildOnce
if errorlevel 1 exit /b 4

:run
if not defined OMP_WAIT_POLICY set "OMP_WAIT_POLICY=PASSIVE"
if not defined GOMP_SPINCOUNT set "GOMP_SPINCOUNT=1000"
if not defined OPT_OUT_TRACKING set "OPT_OUT_TRACKING=true"
rem Java itself sees whether what it loaded after the build still fits, and goes on without it if not.
set "ATTUNE_AOT="
if not defined ATTUNE_JAVA_OPTS if exist "%ATTUNE_START%" set ATTUNE_AOT=-XX:AOTCache="%ATTUNE_START%" -Xlog:aot*=off -Xlog:cds*=off
rem A page of help is over before the compiler that makes the fastest code has paid for itself.
set "ATTUNE_QUICK="
for %%N in ("%~1" "%~2" "%~3") do for %%H in (--help -h --version -V) do if "%%~N"=="%%H" set "ATTUNE_QUICK=-XX:TieredStopAtLevel=1"
"%ATTUNE_JDK%\bin\java.exe" %ATTUNE_OPTIONS% %ATTUNE_QUICK% %ATTUNE_AOT% %ATTUNE_JAVA_OPTS% -cp "%ATTUNE_TARGET%\attune\lib\*" %ATTUNE_MAIN% %*
exit /b %ERRORLEVEL%

rem Sets ATTUNE_JDK to %1 if its release file names Java 25 or later.
:accept
if not exist "%~1\bin\java.exe" exit /b 0
if not exist "%~1\release" exit /b 0
for /f "usebackq tokens=2 delims==" %%V in (`findstr /b "JAVA_VERSION=" "%~1\release"`) do (
    for /f "tokens=1 delims=.-+" %%M in ("%%~V") do if %%M GEQ 25 set "ATTUNE_JDK=%~1"
)
exit /b 0

rem Builds unless another launcher holds the lock; mkdir either makes the folder or fails.
:buildOnce
where mvn >nul 2>nul
if errorlevel 1 (
    echo attune: A build is needed, and Maven is not on the PATH. 1>&2
    echo   fix  install Maven 3.8 or later from https://maven.apache.org and run attune again 1>&2
    exit /b 1
)
if not exist "%ATTUNE_TARGET%" mkdir "%ATTUNE_TARGET%"
if not exist "%ATTUNE_ROOT%target" mkdir "%ATTUNE_ROOT%target"
mkdir "%ATTUNE_LOCK%" 2>nul
if errorlevel 1 (
    echo attune: another attune is building. 1>&2
    echo   at   "%ATTUNE_LOCK%" 1>&2
    echo   fix  wait for it; if no build is running, remove that folder 1>&2
    exit /b 1
)
echo attune: building (once; the first time downloads about 150 MB) ... 1>&2
pushd "%ATTUNE_ROOT%"
set "JAVA_HOME=%ATTUNE_JDK%"
call mvn -B -pl "%ATTUNE_PROGRAM%" -am -Dmaven.test.skip=true package > "%ATTUNE_TARGET%\attune-build.log" 2>&1
set "ATTUNE_RESULT=%ERRORLEVEL%"
popd
rmdir "%ATTUNE_LOCK%"
if not "%ATTUNE_RESULT%"=="0" (
    findstr /b /c:"[ERROR]" "%ATTUNE_TARGET%\attune-build.log" 1>&2
    echo attune: The build failed. 1>&2
    echo   at   "%ATTUNE_TARGET%\attune-build.log" 1>&2
    exit /b 1
)
if exist "%ATTUNE_START%" del "%ATTUNE_START%"
if "%ATTUNE_PROGRAM%"=="cli" "%ATTUNE_JDK%\bin\java.exe" %ATTUNE_OPTIONS% -XX:AOTCacheOutput="%ATTUNE_START%" -cp "%ATTUNE_TARGET%\attune\lib\*" dev.attune.cli.StartRecording >nul 2>nul <nul
echo attune: built. 1>&2
exit /b 0
