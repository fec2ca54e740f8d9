import AuspexDetection
import Foundation
import Testing

@Suite struct DetectorRegistryTests {
    private func registry() throws -> DetectorRegistry {
        var registry = DetectorRegistry.standard
        try registry.register(batch: SampleBatchDetector.self)
        try registry.register(streaming: CarelessStream.self)
        return registry
    }

    /// The detectors that ship with a streaming form.
    static let streaming = [
        "auto", "bocpd", "cusum", "ewma", "heartbeat", "holtwinters", "knn", "pagehinkley", "pca", "poisson", "rcf",
        "seasonal", "sr",
    ]

    @Test("the standard registry has the shipped detectors, in order of their names")
    func standard() {
        let descriptors = DetectorRegistry.standard.descriptors
        #expect(descriptors.filter { $0.kind == .streaming }.map(\.name) == Self.streaming)
        #expect(
            descriptors.filter { $0.kind == .batch }.map(\.name) == [
                "ar", "auto", "bocpd", "cblof", "combine", "copod", "cusum", "ecod", "eif", "esd", "hbos",
                "holtwinters", "iforest", "kmeans", "knn", "loda", "lof", "mad", "mahalanobis", "matrixprofile", "mcd",
                "msnn", "pagehinkley", "pca", "pelt", "poly", "rcf", "rpca", "seasonal", "sr", "stl", "var", "zscore",
            ])
    }

    @Test("users add their own, and copies don't learn of it")
    func ownDetectors() throws {
        let registry = try registry()
        #expect(registry.descriptors.count == DetectorRegistry.standard.descriptors.count + 2)
        let table = try Table(columns: [[1, -2]])
        #expect(try registry.makeBatch("sample").fit(table, training: nil).scores(table).scores == [1, 2])
        #expect(throws: DetectorError.self) { try DetectorRegistry.standard.makeBatch("sample") }
    }

    @Test("a name may stand for a batch form and a streaming form, each made when it is asked for")
    func twoForms() throws {
        var registry = try registry()
        try registry.register(streaming: SampleStream.self)
        #expect(try registry.descriptors(of: "sample").map(\.kind) == [.batch, .streaming])
        #expect(registry.descriptors.filter { $0.name == "sample" }.map(\.kind) == [.batch, .streaming])
        let table = try Table(columns: [[1, -2, 5]])
        #expect(try registry.makeBatch("sample").fit(table, training: nil).scores(table).scores == [1, 2, 5])
        #expect(try registry.makeOnline("sample").fit(table, training: nil).scores(table).scores == [0, 3, 7])
        // The forms have parameters of their own.
        #expect(throws: DetectorError.self) { try registry.makeOnline("sample:count=1") }
        #expect(throws: DetectorError.self) { try registry.register(streaming: SampleStream.self) }
    }

    @Test("the online form of a detector that has none is refused with the names of those that have one")
    func noStreamingForm() throws {
        #expect(throws: DetectorError.notStreaming(name: "sample", streaming: (["careless"] + Self.streaming).sorted()))
        {
            try registry().makeOnline("sample")
        }
    }

    @Test("a name is taken once")
    func taken() throws {
        var registry = try registry()
        #expect(throws: DetectorError.invalidRegistration(name: "sample", reason: "the name is taken")) {
            try registry.register(batch: SampleBatchDetector.self)
        }
    }

    /// What the registry of these tests knows.
    static let known = Set(DetectorRegistry.standard.descriptors.map(\.name) + ["careless", "sample"]).sorted()
        .joined(separator: ", ")

    static let messages: [(specification: String, message: String)] = [
        ("", "detector '', column 1: the detector's name is missing; write name or name:key=value,key=value"),
        (
            " : k=1",
            "detector ' : k=1', column 1: the detector's name is missing; write name or name:key=value,key=value"
        ),
        ("sample:", "detector 'sample:', column 8: '' is not key=value; write name or name:key=value,key=value"),
        (
            "sample:count=1,fast",
            "detector 'sample:count=1,fast', column 16: 'fast' is not key=value; write name or name:key=value,key=value"
        ),
        (
            "sample:count=",
            "detector 'sample:count=', column 8: 'count=' lacks its key or its value; "
                + "write name or name:key=value,key=value"
        ),
        (
            "sample:count=1,count=2",
            "detector 'sample:count=1,count=2', column 16: 'count' is there twice; "
                + "write name or name:key=value,key=value"
        ),
        (
            "kn:k=5",
            "unknown detector 'kn', did you mean 'knn'?; known: \(known)"
        ),
        ("lstm-vae", "unknown detector 'lstm-vae'; known: \(known)"),
        (
            "sample:cuont=3",
            "detector 'sample' has no parameter 'cuont', did you mean 'count'?; it has count, window, share, mode"
        ),
        ("careless:x=1", "detector 'careless' has no parameter 'x'; it has none"),
        (
            "sample:count=11",
            "detector 'sample': count=11 is not allowed; count must be a whole number from 1 to 10"
        ),
        (
            "sample:count=auto",
            "detector 'sample': count=auto is not allowed; count must be a whole number from 1 to 10"
        ),
        (
            "sample:window=1.5",
            "detector 'sample': window=1.5 is not allowed; window must be a whole number from 2 to 100, or auto"
        ),
        ("sample:share=nan", "detector 'sample': share=nan is not allowed; share must be a number from 0.0 to 1.0"),
        ("sample:share=-0.1", "detector 'sample': share=-0.1 is not allowed; share must be a number from 0.0 to 1.0"),
        ("sample:mode=slow", "detector 'sample': mode=slow is not allowed; mode must be one of fast, exact"),
    ]

    @Test("a wrong specification is answered with what would be right", arguments: messages.indices)
    func wrongSpecification(index: Int) throws {
        let (specification, message) = Self.messages[index]
        let error = try #require(throws: DetectorError.self) { try registry().makeBatch(specification) }
        #expect(error.description == message)
    }

    @Test("values are read with their types, blanks or not")
    func values() throws {
        let given = try ParameterValues(
            specification: " sample : mode = exact , count=7", descriptor: SampleBatchDetector.descriptor)
        #expect(try given.integer("count") == 7)
        #expect(try given.optionalInteger("window") == nil)
        #expect(try given.optionalInteger("count") == 7)
        #expect(try given.number("share") == 0.5)
        #expect(try given.choice("mode") == "exact")
        #expect(given.description == "sample:count=7,mode=exact")
        #expect(throws: DetectorError.undeclaredParameter(detector: "sample", name: "window")) {
            try given.integer("window")
        }
        #expect(throws: DetectorError.undeclaredParameter(detector: "sample", name: "mode")) {
            try given.number("mode")
        }
        #expect(throws: DetectorError.undeclaredParameter(detector: "sample", name: "no")) { try given.choice("no") }
    }

    @Test("an endless specification is refused unread")
    func tooLong() {
        #expect(throws: DetectorError.self) {
            try DetectorRegistry.standard.makeBatch("knn:" + String(repeating: "k=1,", count: 2_000))
        }
    }

    @Test("only streaming detectors make streams")
    func streams() throws {
        #expect(throws: DetectorError.notStreaming(name: "stl", streaming: Self.streaming)) {
            try DetectorRegistry.standard.makeStreaming("stl")
        }
        #expect(throws: DetectorError.self) { try DetectorRegistry.standard.restoreStreaming("nothing", from: []) }
        #expect(type(of: try DetectorRegistry.standard.makeStreaming("ewma")).descriptor.name == "ewma")
    }

    @Test("descriptors survive JSON", arguments: DetectorRegistry.standard.descriptors)
    func json(descriptor: DetectorDescriptor) throws {
        let text = try JSONEncoder().encode(descriptor)
        #expect(try JSONDecoder().decode(DetectorDescriptor.self, from: text) == descriptor)
    }
}
