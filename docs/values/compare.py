"""The table of docs/values.md: fineprint beside price-parser, quantulum3, dateparser and chrono-node on the same phrases.

    pip install price-parser quantulum3 dateparser; npm install chrono-node
    cargo build -p extractor --example values
    python3 docs/values/compare.py target/debug/examples/values [NODE_MODULES_DIR]

A phrase counts as read when the value is right as far as the expected one tells: for a month, any day of that month will do.
The peers get every help that their options offer: the day of publication, the preferred side, the expected phrase alone.
"""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

PHRASES = json.loads((Path(__file__).parent / "phrases.json").read_text())
# Symbols and names as the peers give them, for a fair comparison of the currency.
SYMBOLS = {
    "$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "US$": "USD", "A$": "AUD", "CA$": "CAD", "NT$": "TWD", "R$": "BRL", "Rs": "INR",
    "RM": "MYR", "R": "ZAR", "¥": "JPY", "NIS": "ILS", "S/": "PEN", "₽": "RUB", "руб": "RUB", "zł": "PLN", "euro": "EUR", "kr": "NOK", "CFA": "XOF",
}
NAMES = {
    "dollar": "USD", "euro": "EUR", "pound sterling": "GBP", "ruble": "RUB", "russian ruble": "RUB", "won": "KRW", "rupee": "INR", "indian rupee": "INR",
    "turkish lira": "TRY", "south korean won": "KRW", "united states dollar": "USD", "swiss franc": "CHF",
}


def ours(binary):
    lines = [{"text": t, "country": c or None} for t, c, _ in PHRASES["money"]]
    lines += [{"text": t, "published": p, "future": f} for t, p, f, _ in PHRASES["dates"]]
    done = subprocess.run([binary], input="\n".join(map(json.dumps, lines)), capture_output=True, text=True, check=True)
    out = []
    for line, expected in zip(done.stdout.splitlines(), PHRASES["money"] + PHRASES["dates"]):
        found = json.loads(line)
        if len(expected) == 3:
            out.append(" = ".join(f"{v} {c}" for m in found for v, c in m.get("money", [])))
        else:
            out.append(next((m["date"] for m in found if m.get("date")), ""))
    return out[: len(PHRASES["money"])], out[len(PHRASES["money"]) :]


def plain(value):
    text = f"{value:.10f}".rstrip("0").rstrip(".")
    return text


def price_parser(text):
    from price_parser import Price

    price = Price.fromstring(text)
    if price.amount is None or price.currency is None:
        return ""
    return f"{plain(price.amount_float)} {SYMBOLS.get(price.currency, price.currency)}"


def quantulum(text):
    from quantulum3 import parser

    out = []
    for q in parser.parse(text):
        if q.unit.entity.name == "currency":
            out.append(f"{plain(q.value)} {NAMES.get(q.unit.name.lower(), q.unit.name)}")
    return " = ".join(out)


def dateparser_(text, published, future):
    import dateparser
    from dateparser.search import search_dates

    settings = {
        "RELATIVE_BASE": datetime.fromisoformat(published), "PREFER_DATES_FROM": "future" if future else "past",
        "DATE_ORDER": "DMY",
    }
    found = dateparser.parse(text, languages=["en"], settings=settings)
    if found is None:
        hits = search_dates(text, languages=["en"], settings=settings)
        found = hits[0][1] if hits else None
    return found.date().isoformat() if found else ""


def chrono(modules):
    script = """
const chrono = require('chrono-node');
const rows = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(rows.map(([t, p, f]) => {
  const found = chrono.en.GB.parse(t, new Date(p + 'T12:00:00'), { forwardDate: f });
  if (!found.length) return '';
  const s = found[0].start, n = (x, w) => String(x).padStart(w, '0');
  return n(s.get('year'), 4) + '-' + n(s.get('month'), 2) + '-' + n(s.get('day'), 2);
})));
"""
    done = subprocess.run(
        ["node", "-e", script], input=json.dumps([row[:3] for row in PHRASES["dates"]]), capture_output=True, text=True, check=True,
        cwd=modules,
    )
    return json.loads(done.stdout)


def right(found, expected):
    return found == expected if not expected or " " in expected else found.startswith(expected)


def table(title, rows, expected, columns):
    names = list(columns)
    print(f"### {title}\n\n| phrase | means | {' | '.join(names)} |\n|{' --- |' * (2 + len(names))}")
    for i, row in enumerate(rows):
        cells = []
        for name in names:
            found = columns[name][i]
            cells.append("yes" if right(found, expected[i]) else found or "nothing")
        print(f"| {row} | {expected[i] or 'nothing'} | {' | '.join(cells)} |")
    counts = [sum(right(f, e) for f, e in zip(columns[name], expected)) for name in names]
    print(f"| **right** | of {len(expected)} | {' | '.join(f'**{c}**' for c in counts)} |\n")


def main():
    money, dates = ours(sys.argv[1])
    modules = sys.argv[2] if len(sys.argv) > 2 else "."
    texts = [row[0] for row in PHRASES["money"]]
    table(
        "Money",
        [f"{t} ({c})" if c else t for t, c, _ in PHRASES["money"]],
        [row[2] for row in PHRASES["money"]],
        {"fineprint": money, "price-parser": [price_parser(t) for t in texts], "quantulum3": [quantulum(t) for t in texts]},
    )
    table(
        "Dates",
        [f"{t} ({p}{', ahead' if f else ''})" for t, p, f, _ in PHRASES["dates"]],
        [row[3] for row in PHRASES["dates"]],
        {"fineprint": dates, "dateparser": [dateparser_(*row[:3]) for row in PHRASES["dates"]], "chrono-node": chrono(modules)},
    )


if __name__ == "__main__":
    main()
