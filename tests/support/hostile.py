"""Texts of clients that would do something if anything let them (issue: client text can do nothing)."""

from __future__ import annotations

SCRIPTS = (
    "<script>document.title = 'owned'</script>",
    "</style></script><script>document.title = 'owned'</script>",
    "<img src=x onerror=\"document.title = 'owned'\">",
    '" onmouseover="document.title = \'owned\'" x="',
    "' autofocus onfocus='document.title = 1' '",
    "{{ 7 * 7 }} {% raw %} $subject",
    "]]><svg onload=alert(1)>",
    "javascript:alert(1)",
    "&lt;script&gt;&#60;",
)
"""What a page would run or be broken by."""

FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\x00=1+1",
    "\u202e=1+1",
    "\u200b=1+1",
    "＝1+1",
    '=HYPERLINK("http://x.invalid","y")',
    "=cmd|'/c calc'!A0",
)
"""What a spreadsheet would run, hidden behind what it or we leave out as well."""

STEERING = (
    "\x1b[31m",
    "\x9b2J",
    "\u202eabc",
    "\u2066",
    "\u200b",
    "\u2028",
    "a\r\nb,c\t\0",
    "\ud800",
    "\U000e0041",
    "\x7f",
)
"""What would steer a terminal, turn the direction of text, or can't be written at all."""

TOO_LONG = "Ұзақ " * 2_000_000
"""Some 10 MB of it."""

HOSTILE = (*SCRIPTS, *FORMULAS, *STEERING, TOO_LONG)
