import AuspexDocuments
import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("Mistakes in rules of several conditions")
struct WhenDecodingTests {
    private static let metric = "{source: metric, where: 'm.value > 1.0'}"
    private static let log = "{source: log, where: 'true'}"

    @Test(
        "each mistake is told in its place, with what would be right",
        arguments: [
            ("when: {a: \(metric), b: \(metric)}", "5:", "put several under 'all', 'any' or 'sequence'"),
            ("when: {all: [{a: \(metric)}], any: [{b: \(metric)}]}", "5:", "'any' can't stand beside 'all'"),
            ("when: {all: [{a: \(metric)}]}", "5:8", "needs two conditions or more"),
            ("when: {all: {a: \(metric)}}", "5:", "must be a list of named conditions"),
            ("when: {all: [{a: \(metric), b: \(metric)}]}", "5:", "must be one named condition"),
            ("when: {all: [{a: \(metric)}, {a: \(metric)}]}", "5:", "two conditions are called 'a'"),
            ("when: {all: [{a: \(metric)}, {b: \(log)}]}", "5:", "'all' needs 'within', such as 20m, for log facts"),
            ("when: {sequence: [{a: \(metric)}, {b: \(metric)}]}", "5:", "'sequence' needs 'within'"),
            ("when: {any: [{a: \(metric)}, {b: \(metric)}], within: 5m}", "5:", "'within' has a meaning for"),
            ("when: {all: [{a: \(metric)}, {b: \(metric)}], witin: 5m}", "5:", "put several under"),
            ("when: {a: \(metric), join_on: [x]}", "5:", "'join_on' has no meaning for a single condition"),
            (
                "when: {all: [{a: \(metric)}, {b: \(metric)}], join_on: x}", "5:",
                "must be a list of labels or a mapping"
            ),
            (
                "when: {all: [{a: \(metric)}, {b: \(metric)}], join_on: {x: {a: labels.x, c: labels.x}}}", "5:",
                "unknown key 'c'"
            ),
            ("when: {all: [{a: \(metric)}, {b: \(metric)}], join_on: {x: {a: 'size(m)'}}}", "5:", "must be a field"),
            ("when: {all: [{a: \(metric)}, {b: \(metric)}], join_on: {x: {a: lables.x}}}", "5:", "lables"),
            ("when: {a: \(log), unless: {within: 5m}}", "5:", "'unless' needs a condition"),
            ("when: {a: \(log), unless: {b: \(log)}}", "5:", "'unless' needs 'within'"),
            ("when: {a: \(log), unless: {b: \(log), within: 5m, side: left}}", "5:", "after, before or around"),
            ("when: {a: {source: log, where: 'true', count: {gte: 3}}}", "5:", "needs 'within', the window"),
            ("when: {a: {source: log, where: 'true', count: {gte: 0, within: 1m}}}", "5:", "gte"),
            (
                "when: {a: {source: metric, where: 'true', count: {gte: 3, within: 1m}}}", "5:",
                "has no meaning for source"
            ),
            ("when: {a: \(metric)}\ntime: arrival\nallow_late: 1m", "7:", "nothing is late by 'time: arrival'"),
            ("when: {a: \(metric)}\nallow_late: 2h", "6:", "allow_late"),
            ("when: {a: \(metric)}\nrisk: {points: [{if: 'true', add: 5}]}", "6:", "needs 'because'"),
            ("when: {a: \(metric)}\nrisk: {points: [{if: 'a.valu > 1.0', add: 5, because: x}]}", "6:", "valu"),
            ("when: {a: \(metric)}\nrisk: {bands: {high: 70}}", "6:", "a band must begin at 0"),
            ("when: {a: \(metric)}\nrisk: {cap: 50, bands: {low: 0, high: 70}}", "6:", "no score is above the cap"),
            ("when: {a: \(metric)}\nthen: [{if: 'risk.score > 1.0', runbook: x}]", "6:", "risk"),
            (
                "when: {all: [{a: \(metric)}, {b: \(metric)}], join_on: [x]}\ngroup_by: [y]", "6:",
                "'join_on' says already"
            ),
        ])
    func mistakes(text: String, place: String, message: String) throws {
        let error = #expect(throws: DocumentError.self) {
            try RuleLoader.load(
                text: "kind: rule\nid: r\ntitle: T\nseverity: info\n\(text)\n", file: "r.yaml")
        }
        let told = error?.description ?? ""
        #expect(told.contains("r.yaml:\(place)") && told.contains(message), "\(told)")
    }
}
