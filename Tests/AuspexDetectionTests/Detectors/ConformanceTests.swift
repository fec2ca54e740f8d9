import AuspexDetection
import AuspexTesting
import Testing

@Suite struct ConformanceTests {
    /// Detectors of rows do better than the suite asks.
    static let areaFloors = ["mad": 0.98, "seasonal": 0.99, "ewma": 0.8]

    @Test("every shipped detector conforms", arguments: DetectorRegistry.standard.descriptors.map(\.name))
    func shipped(name: String) {
        let failures = DetectorConformance(name, areaFloor: Self.areaFloors[name] ?? 0.7).failures()
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
    }

    @Test(
        "a detector also conforms at the ends of its parameters",
        arguments: [
            "mad:band=0.1,reference=training", "seasonal:period=1", "seasonal:period=1000000", "seasonal:period=24",
            "knn:k=1,window=1", "knn:k=10000,window=3", "knn:reference=training,window=700", "pca:window=1",
            "pca:window=2,reference=training", "ewma:halflife=0.1,memory=2", "ewma:halflife=100000,memory=1000000",
        ])
    func extremes(specification: String) {
        let failures = DetectorConformance(specification, areaFloor: 0, seeds: [5]).failures()
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
    }
}
