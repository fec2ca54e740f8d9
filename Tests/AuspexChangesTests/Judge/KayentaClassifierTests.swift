import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexChanges

@Suite struct KayentaClassifierTests {
    static let names = [
        "Mann-Whitney Classifier Test: Pass Metric",
        "Mann-Whitney Classifier Test: High Metric",
        "Mann-Whitney Classifier Test: Low Metric",
        "Mann-Whitney Classifier Directional Test: Increase",
        "Mann-Whitney Classifier Directional Test: Decrease",
        "Mann-Whitney Classifier Directional Test: High Metric",
        "Mann-Whitney Classifier Directional Test: Low Metric",
        "Mann-Whitney Classifier Test: High Metric (Large Input)",
        "Mann-Whitney Classifier Test - Mean Ratio Effect Size: High",
        "Mann-Whitney Classifier Test - Mean Ratio Effect Size: Low",
        "Mann-Whitney Classifier Test - Mean Ratio Effect Size: Pass",
        "Mann-Whitney Classifier Test - Mean Ratio Effect Size: Pass (Large Input)",
        "Mann-Whitney Classifier Test - CLES Effect Size: Pass",
        "Mann-Whitney Classifier Test - CLES Effect Size: High",
        "Mann-Whitney Classifier Test - CLES Effect Size: Low",
        "Mann-Whitney Classifier Test - Critical Effect Size: Critical High",
        "Mann-Whitney Classifier Test - Critical Effect Size: Critical Low",
        "Mann-Whitney Classifier Test - Critical Effect Size: High",
        "Mann-Whitney Classifier Test - Critical Effect Size: Pass",
        "Mann-Whitney Classifier Test - Critical Effect Size: Critical High (Default Thresholds)",
        "Mann-Whitney Tied Observations",
        "Mann-Whitney Identical Populations",
        "Mann-Whitney Leading Zero Identical Population",
        "Mann-Whitney Missing Experiment Data",
        "Mann-Whitney Missing Experiment Data: Critical Metric",
        "Mann-Whitney Missing Experiment Data with NaN Replacement",
        "Mann-Whitney Majority Tied Observations",
        "Mann-Whitney Tied Ranks",
        "Mann-Whitney Tied Ranks With Zeros",
        "Mann-Whitney Zero Mean: High Metric with Effect Size",
        "Mann-Whitney Zero Mean: Low Metric with Effect Size",
        "Mann-Whitney Zero Mean: Critical Metric",
        "Mann-Whitney Zero Mean: Pass Metric",
    ]

    /// What is not about this judge, and why.
    static let skipped = [
        "Mean Inequality Classifier Test: High Metric": "another classifier, which the judge does not use",
        "Mean Inequality Classifier Test: Low Metric": "another classifier, which the judge does not use",
        "Mean Inequality Classifier Test: Pass Metric": "another classifier, which the judge does not use",
        "Mann-Whitney Missing Data: Reason String": "the wording of a message; no class is stated",
    ]

    @Test(
        "kayenta's own tests of its classifier give the class that they state",
        .enabled(if: PublicData.here.isExpected(KayentaVectors.folder), "\(PublicData.hint)"),
        arguments: names)
    func vector(name: String) throws {
        let tests = try KayentaVectors.tests("classifier_suite.json")
        let test = try #require(tests.first { $0["name"]?.string == name })
        let vector = try #require(KayentaVectors.Classification(test))
        let finding = vector.classifier.classify(vector.metric, baseline: vector.control, canary: vector.experiment)
        #expect(finding.class.rawValue == vector.expectedClass)
        if let critical = vector.expectedCritical { #expect(finding.isCritical == critical) }
    }

    @Test(
        "every one of them is run or named as skipped",
        .enabled(if: PublicData.here.isExpected(KayentaVectors.folder), "\(PublicData.hint)"))
    func noneIsForgotten() throws {
        let all = try KayentaVectors.tests("classifier_suite.json").compactMap { $0["name"]?.string }
        #expect(Set(all) == Set(Self.names).union(Self.skipped.keys))
        #expect(Self.names.count == 33)
    }

    @Test("metrics with missing data are told apart by what they must have")
    func missingData() {
        var metric = KayentaMetric(name: "m")
        let classifier = KayentaClassifier()
        #expect(classifier.classify(metric, baseline: [1], canary: [.nan]).class == .noData)
        metric.mustHaveData = true
        #expect(classifier.classify(metric, baseline: [1], canary: []).class == .noDataFail)
        metric.critical = true
        let critical = classifier.classify(metric, baseline: [1], canary: [])
        #expect(critical.class == .noData && critical.isCritical)
    }

    @Test("outliers beyond the fences are removed only when that is asked for")
    func outliers() {
        var metric = KayentaMetric(name: "m")
        // Two hundred values and one far off: the 99th percentile lies below it.
        let baseline = (0..<200).map { Double($0 % 10) }
        let canary = baseline + [10_000]
        #expect(KayentaClassifier().classify(metric, baseline: baseline, canary: canary).canary.count == 201)
        metric.outlierFactor = 3
        let finding = KayentaClassifier().classify(metric, baseline: baseline, canary: canary)
        #expect(finding.canary.count == 200)
        #expect(finding.baseline.count == 200)
    }
}
