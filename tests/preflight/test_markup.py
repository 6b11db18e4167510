from tests.preflight.snapshots import RuleTests, digest, headline, outlook, point


class MarkupTests(RuleTests):
    CASES = {
        "markdown-residue": (
            [
                point("**온디바이스 모델을 시험하는 병원"),
                point("[한빛일보](https://hanbit.example 의 보도"),
                point("- 온디바이스 모델을 시험하는 병원"),
                headline("# 온디바이스 모델"),
                headline("**온디바이스** 모델"),
                outlook("`thermal_log 기록이 쓰일 전망"),
                digest(title="[2026-01-03](https://a.example)"),
            ],
            [
                point("**온디바이스(기기 내)**를 시험하는 병원"),
                point("[한빛일보](https://hanbit.example/a_(b))의 보도"),
                point("-30도에서도 도는 칩을 시험"),
                point("`a**b` 연산을 덮어쓰는 문법을 공개"),
                headline("C# 14 공개, #해시태그 지원"),
                outlook("전망은 다음과 같다.\n\n- 하나\n- 둘"),
                digest(introduction="# 오늘의 소식\n\n**셋**을 골랐다."),
            ],
        ),
        "html-residue": (
            [
                point("<span class='a'>첫 줄</span>로 나뉜 요점"),
                headline("온디바이스<br>모델"),
                outlook('<a href="https://a.example">전망</a>'),
                headline("연구&nbsp;개발"),
                headline("R&amp;D 예산 확대"),
            ],
            [
                point("‘운영비 < 예방 피해액’ 조건을 채움"),
                point("물<sub>2</sub><br>줄로 <b>나뉜</b> 요점"),
                point("`<div>` 태그를 없앤 새 표준을 공개"),
                headline("R&D 예산 확대"),
                outlook("a < b 이고 b > c 일 때 쓰일 전망"),
            ],
        ),
    }
