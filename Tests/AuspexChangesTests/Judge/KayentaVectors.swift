import AuspexSignals
import AuspexTesting
import Foundation

@testable import AuspexChanges

/// The public test vectors of kayenta's judge.
enum KayentaVectors {
    static let folder = "change-risk/kayenta"

    /// The tests of the file, as JSON objects.
    static func tests(_ file: String) throws -> [JSONValue] {
        let url = try PublicData.here.url(folder).appending(path: file)
        return try JSONValue(parsing: Data(contentsOf: url))["tests"]?.array ?? []
    }

    static func numbers(_ value: JSONValue?) -> [Double] { (value?.array ?? []).compactMap(\.double) }

    /// One test of the classifier.
    struct Classification {
        let name: String
        let metric: KayentaMetric
        let classifier: KayentaClassifier
        let control: [Double]
        let experiment: [Double]
        let expectedClass: String
        let expectedCritical: Bool?

        /// Nil when something is missing, or for one that is not about this classifier.
        init?(_ test: JSONValue) {
            guard let name = test["name"]?.string, let expected = test["expect_classification"]?.string,
                let measure = test["measure"]?.string.flatMap(KayentaMetric.Measure.init),
                let direction = test["direction"]?.string.flatMap({ MetricDirection(rawValue: $0.lowercased()) }),
                let missing = test["nanStrategy"]?.string.flatMap({
                    KayentaMetric.MissingValues(rawValue: $0.lowercased())
                }),
                let tolerance = test["tolerance"]?.double, let confidence = test["confLevel"]?.double
            else { return nil }
            let effects = KayentaVectors.numbers(test["effectSizeThresholds"])
            let criticals = KayentaVectors.numbers(test["criticalThresholds"])
            guard effects.count == 2, criticals.count == 2 else { return nil }
            self.name = name
            var metric = KayentaMetric(name: name)
            metric.measure = measure
            metric.direction = direction
            metric.missingValues = missing
            metric.critical = test["critical"]?.bool ?? false
            (metric.allowedDecrease, metric.allowedIncrease) = (effects[0], effects[1])
            (metric.criticalDecrease, metric.criticalIncrease) = (criticals[0], criticals[1])
            self.metric = metric
            var classifier = KayentaClassifier()
            (classifier.tolerance, classifier.confidence) = (tolerance, confidence)
            self.classifier = classifier
            control = KayentaVectors.numbers(test["control"])
            experiment = KayentaVectors.numbers(test["experiment"])
            expectedClass = expected
            expectedCritical = test["expect_critical"]?.bool
        }
    }
}
