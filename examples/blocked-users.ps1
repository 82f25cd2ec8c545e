# The blocked users of a connection, as objects.
#   ./blocked-users.ps1 -Connection harbour-ks | Export-Csv blocked.csv
param([Parameter(Mandatory)][string] $Connection)
$ErrorActionPreference = 'Stop'

$answer = latchkey users $Connection --json | ConvertFrom-Json
if ($LASTEXITCODE -ne 0) {
    Write-Error "$($answer.error.message) $($answer.error.hint)"
    exit $LASTEXITCODE
}
$answer | Where-Object status -EQ 'blocked' | Select-Object displayName, email, installation
