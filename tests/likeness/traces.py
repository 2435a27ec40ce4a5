"""Traces of programs that broke, as their languages write them."""

import random

Draw = random.Random
CLASSES = (
    "com.example.shop.OrderService",
    "org.hibernate.SQL",
    "o.s.web.servlet.DispatcherServlet",
    "a.b.Worker",
)
WORDS = (
    *("session", "opened", "for", "user", "connection", "closed", "by", "started", "failed", "unit", "retry"),
    *(
        "timeout",
        "while",
        "reading",
        "response",
        "from",
        "upstream",
        "cache",
        "refreshed",
        "queue",
        "job",
        "disk",
    ),
)


def words(draw: Draw) -> str:
    """A few words of a message."""
    return " ".join(draw.choices(WORDS, k=draw.randint(4, 10)))


def java_trace(draw: Draw, length: int = 0) -> str:
    """Java, with a cause."""
    lines = [f"java.lang.IllegalStateException: {words(draw)}\n"]
    lines += [
        f"\tat {draw.choice(CLASSES)}.{draw.choice(WORDS)}({draw.choice(('OrderService', 'Worker'))}.java:{draw.randint(9, 999)})\n"
        for _ in range(length or draw.randint(16, 60))
    ]
    return "".join([*lines, f"Caused by: java.io.IOException: {words(draw)}\n", "\t... 12 more\n"])


def python_trace(draw: Draw) -> str:
    """Python."""
    frames = "".join(
        f'  File "/srv/app/{draw.choice(WORDS)}.py", line {draw.randint(9, 999)}, in {draw.choice(WORDS)}\n    return self.{draw.choice(WORDS)}(request)\n'
        for _ in range(draw.randint(11, 30))
    )
    return f"Traceback (most recent call last):\n{frames}ValueError: {words(draw)}\n"


def dotnet_trace(draw: Draw) -> str:
    """.NET, in English or German."""
    german = draw.random() < 0.5
    at, within, line = ("bei", "in", "Zeile") if german else ("at", "in", "line")
    return f"System.InvalidOperationException: {words(draw)}\n" + "".join(
        f"   {at} Shop.Web.{draw.choice(WORDS).title()}.{draw.choice(WORDS).title()}(String name, Int32 id) {within} C:\\src\\Shop\\Web.cs:{line} {draw.randint(9, 999)}\n"
        for _ in range(draw.randint(12, 40))
    )


def node_trace(draw: Draw) -> str:
    """JavaScript."""
    return f"TypeError: {words(draw)}\n" + "".join(
        f"    at {draw.choice(WORDS).title()}.{draw.choice(WORDS)} (/srv/app/node_modules/x/index.js:{draw.randint(9, 999)}:{draw.randint(2, 80)})\n"
        for _ in range(draw.randint(12, 40))
    )


def thread_dump(draw: Draw) -> str:
    """A dump of Java threads."""
    return "".join(
        f'"worker-{number}" #{number} prio=5 os_prio=0 tid=0x{draw.randbytes(4).hex()} nid=0x1f waiting on condition\n   java.lang.Thread.State: WAITING (parking)\n'
        f"\tat sun.misc.Unsafe.park(Native Method)\n\tat {draw.choice(CLASSES)}.run(Worker.java:{draw.randint(9, 99)})\n\n"
        for number in range(draw.randint(8, 20))
    )


def go_panic(draw: Draw) -> str:
    """Go, with its goroutines."""
    return f"panic: runtime error: {words(draw)}\n\n" + "".join(
        f"goroutine {draw.randint(1, 99)} [running]:\nmain.{draw.choice(WORDS)}(0xc{draw.randbytes(4).hex()})\n\t/srv/app/main.go:{draw.randint(9, 999)} +0x1d\n"
        for _ in range(draw.randint(9, 25))
    )
