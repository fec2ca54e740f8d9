import AuspexEvaluation
import Foundation
import Testing

@Suite("Written evaluations") struct EvaluationTextTests {
    /// 0.5, 0.75, 0.25, 1 and 0.125, then sixteenths.
    private static let metrics = DetectionMetrics { metric in
        switch metric {
        case .vusPR: 0.5
        case .vusROC: 0.75
        case .aucPR: 0.25
        case .aucROC: 1
        case .f1: 0.125
        default: Double(DetectionMetric.allCases.firstIndex(of: metric) ?? 0) / 16
        }
    }
    private static let result = EvaluationResult(
        rows: [
            EvaluationRow(
                file: "a,b.csv", detector: "knn:k=5", rows: 10, window: 7, outcome: .measured(metrics, seconds: 1.5)),
            EvaluationRow(file: "c.csv", detector: "knn:k=5", rows: 0, window: 0, outcome: .failed("c.csv:1: \"bad\"")),
            EvaluationRow(file: "c.csv", detector: "mad", rows: 0, window: 0, outcome: .failed("c.csv:1: \"bad\"")),
            EvaluationRow(
                file: "e.csv", set: "other", detector: "random", isBaseline: true, rows: 30, window: 7,
                outcome: .measured(metrics, seconds: 0.5)),
        ], skipped: [SkippedFile(file: "d.csv", reason: "no labels")])

    @Test("JSON has the agreed keys")
    func json() throws {
        let text = try Self.result.text(.json)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(Set(object.keys) == ["results", "summary", "sets", "skipped"])
        let results = try #require(object["results"] as? [[String: Any]])
        let metrics: Set<String> = [
            "vus_pr", "vus_roc", "auc_pr", "auc_roc", "f1", "pa_f1", "event_f1", "range_precision", "range_recall",
            "range_f1", "affiliation_precision", "affiliation_recall", "affiliation_f1", "seconds",
        ]
        #expect(Set(results[0].keys) == metrics.union(["file", "set", "detector", "baseline", "rows", "window"]))
        #expect(results[0]["vus_pr"] as? Double == 0.5 && results[0]["seconds"] as? Double == 1.5)
        #expect(results[0]["pa_f1"] as? Double == 0.3125 && results[0]["affiliation_f1"] as? Double == 0.75)
        #expect(results[1]["error"] as? String == "c.csv:1: \"bad\"" && results[1]["vus_pr"] is NSNull)
        let summary = try #require(object["summary"] as? [[String: Any]])
        let more: Set<String> = ["detector", "baseline", "files", "failed", "rows", "seconds_total"]
        #expect(Set(summary[0].keys) == metrics.union(more).union(["mean_of_sets"]))
        #expect(summary.map { $0["baseline"] as? Bool } == [false, false, true])
        #expect(summary[2]["rows"] as? Int == 30 && summary[2]["seconds_total"] as? Double == 0.5)
        #expect((summary[0]["mean_of_sets"] as? [String: Any])?["auc_pr"] as? Double == 0.25)
        let sets = try #require(object["sets"] as? [[String: Any]])
        #expect(sets.map { $0["set"] as? String } == ["", "other"])
        let ofSet = try #require(sets[1]["summary"] as? [[String: Any]])
        #expect(ofSet.count == 1 && Set(ofSet[0].keys) == metrics.union(more))
        #expect(summary[0]["files"] as? Int == 1 && summary[0]["vus_roc"] as? Double == 0.75)
        #expect(summary[1]["vus_pr"] is NSNull)
        #expect((object["skipped"] as? [[String: String]]) == [["file": "d.csv", "reason": "no labels"]])
    }

    @Test("CSV has one line a row")
    func csv() throws {
        #expect(
            try Self.result.text(.csv) == """
                file,set,detector,baseline,rows,window,vus_pr,vus_roc,auc_pr,auc_roc,f1,pa_f1,event_f1,range_precision,\
                range_recall,range_f1,affiliation_precision,affiliation_recall,affiliation_f1,seconds,error
                "a,b.csv",,knn:k=5,false,10,7,0.5,0.75,0.25,1,0.125,0.3125,0.375,0.4375,0.5,0.5625,0.625,0.6875,0.75,1.5,
                c.csv,,knn:k=5,false,0,0,,,,,,,,,,,,,,,"c.csv:1: ""bad\"""
                c.csv,,mad,false,0,0,,,,,,,,,,,,,,,"c.csv:1: ""bad\"""
                e.csv,other,random,true,30,7,0.5,0.75,0.25,1,0.125,0.3125,0.375,0.4375,0.5,0.5625,0.625,0.6875,0.75,0.5,
                d.csv,,,,,,,,,,,,,,,,,,,,skipped: no labels

                """)
    }

    @Test("a table aligns its columns and tells each failure once")
    func table() throws {
        #expect(
            try Self.result.text(.table) == """
                FILE     DETECTOR  ROWS  WINDOW  VUS-PR  AUC-PR      F1  EVENT-F1  AFFIL-F1  SECONDS
                a,b.csv  knn:k=5     10       7  0.5000  0.2500  0.1250    0.3750    0.7500    1.500
                c.csv    knn:k=5      0       0       –       –       –         –         –        –
                c.csv    mad          0       0       –       –       –         –         –        –

                Means over files; rows and seconds of all of them
                DETECTOR           FILES  FAILED  ROWS  VUS-PR  AUC-PR      F1  EVENT-F1  AFFIL-F1  SECONDS
                knn:k=5                1       1    10  0.5000  0.2500  0.1250    0.3750    0.7500    1.500
                mad                    0       1     0       –       –       –         –         –        –
                random (baseline)      1       0    30  0.5000  0.2500  0.1250    0.3750    0.7500    0.500

                VUS-PR by set
                SET           FILES  knn:k=5  mad  random (baseline)
                                  1   0.5000    –                  –
                other             1        –    –             0.5000
                mean of sets          0.5000    –             0.5000

                Failed
                  c.csv:1: "bad"

                Skipped
                  d.csv: no labels

                """)
    }
}
