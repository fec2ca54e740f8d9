import AuspexDetection
import AuspexTesting
import Testing

@Suite struct ConformanceTests {
    /// Detectors of rows do better than the suite asks, and some do worse by their nature: ten bursts of one form are each
    /// other's neighbours to a search for forms (`matrixprofile`), and dense company to each other (`lof`), which is what
    /// these methods are defined by and no fault; a change is scored where it is settled.
    /// Those of windows are blurred as far as the window reaches, and the period that is found in these series is not
    /// always the day of 24 rows but several.
    static let areaFloors = [
        "mad": 0.98, "seasonal": 0.99, "zscore": 0.99, "esd": 0.99, "copod": 0.97, "ecod": 0.98,
        "iforest": 0.75, "loda": 0.65, "lof": 0.6, "matrixprofile": 0, "pagehinkley": 0.6, "stl": 0.95, "mcd": 0.97,
        "rcf": 0.7, "pelt": 0.7, "rpca": 0.9,
    ]

    /// The same of streaming forms.
    /// A cycle of 24 minutes is none that they are told of, bursts to negative values are no counts, and values are nothing
    /// to who looks at times.
    static let onlineFloors = [
        "ewma": 0.8, "cusum": 0.6, "pagehinkley": 0.6, "sr": 0.6, "heartbeat": 0, "poisson": 0, "seasonal": 0.9,
    ]

    /// Detectors that would take minutes here as they are, where code is not optimised.
    static let lighter = ["rcf": "rcf:trees=10"]

    @Test(
        "every shipped detector conforms",
        arguments: DetectorRegistry.standard.descriptors.filter { $0.kind == .batch })
    func shipped(descriptor: DetectorDescriptor) {
        let name = descriptor.name
        let failures = DetectorConformance(
            Self.lighter[name] ?? name, areaFloor: Self.areaFloors[name] ?? 0.7
        ).failures()
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
    }

    @Test(
        "every shipped streaming form conforms",
        arguments: DetectorRegistry.standard.descriptors.filter { $0.kind == .streaming })
    func streams(descriptor: DetectorDescriptor) {
        let name = descriptor.name
        let failures = DetectorConformance(
            name == "rcf" ? "rcf:trees=3,sample=64" : name, online: true, areaFloor: Self.onlineFloors[name] ?? 0.7,
            scoresTimes: name == "heartbeat"
        ).failures()
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
    }

    @Test(
        "a detector also conforms at the ends of its parameters",
        arguments: [
            "mad:band=0.1,reference=training", "seasonal:period=1", "seasonal:period=1000000", "seasonal:period=24",
            "knn:k=1,window=1", "knn:k=10000,window=3", "knn:reference=training,window=700", "pca:window=1",
            "pca:window=2,reference=training", "sr:average=1", "sr:average=10000", "poly:window=1,degree=0",
            "poly:window=10000", "poly:window=3,degree=10", "poly:window=1,degree=0,blocks=apart",
            "poly:window=10000,blocks=apart", "poly:window=3,degree=10,blocks=apart", "knn:k=10000,scaling=column",
            "knn:k=3,window=700,scaling=window", "knn:window=1,scaling=window", "knn:k=10000,window=2,scaling=window",
            "knn:reference=training,window=9,scaling=window", "hbos:window=700,scaling=window",
            "hbos:reference=training,window=3,scaling=window", "hbos:window=1,scaling=window", "kmeans:k=1,window=1",
            "kmeans:k=1000,window=2",
            "kmeans:window=7,scaling=window,reference=training", "kmeans:window=7,scaling=column", "lof:k=1,window=1",
            "lof:k=10000,window=2", "lof:reference=training,window=5", "matrixprofile:window=3",
            "matrixprofile:window=10000", "matrixprofile:neighbours=left", "cblof:k=1,alpha=1,beta=1",
            "cblof:k=1000,alpha=0.5,window=3,reference=training", "cusum:drift=0.01,limit=100000,period=1000000",
            "pagehinkley:delta=0,threshold=1", "pagehinkley:threshold=100000,reference=all", "ar:order=1",
            "ar:order=1000,reference=all", "holtwinters:alpha=1,beta=1,gamma=1", "holtwinters:alpha=0,beta=0,gamma=0",
            "holtwinters:period=7,reference=all", "bocpd:run=2,longest=10", "bocpd:run=1000000,period=1",
            "zscore:reference=training", "esd:period=1,share=0.49",
            "esd:period=24,share=0.000001,alpha=0.000001", "hbos:window=1", "hbos:bins=1000,tol=0,reference=training",
            "copod:window=9", "ecod:window=9,reference=training", "mahalanobis:window=1,ridge=1e-12",
            "mahalanobis:window=30,reference=training", "iforest:trees=3,sample=2,window=1",
            "iforest:trees=3,sample=100000,reference=training", "eif:trees=3,extension=0", "eif:trees=3,window=1",
            "eif:trees=2,extension=100000,reference=training", "loda:projections=1,bins=2", "loda:window=1,bins=10000",
            "auto:landmarks=16", "auto:causal=strict", "auto:causal=half-window,landmarks=20000",
            "mcd:support=1,ridge=1,reference=training", "mcd:window=3,ridge=1e-9,starts=5",
            "var:order=1000,reference=all,errors=joint", "var:order=1,ridge=1", "var:errors=joint,ridge=1e-9",
            "rcf:trees=1,sample=2,window=1", "rcf:trees=2,sample=100000,scaling=none,reference=training",
            "pelt:cost=normal,penalty=0.1,shortest=1,jump=7,spread=1",
            "pelt:shortest=100000,spread=100000,reference=all",
            "rpca:lambda=20,window=2", "rpca:lambda=0.05,window=9", "rpca:window=10000", "stl:periods=1",
            "stl:periods=24+168,jump=1", "stl:periods=1000000", "stl:seasonal=9999,jump=10000",
            "stl:seasonal=3,inner=1,outer=0,reference=all,periods=2", "stl:periods=7+24+5+3+2,outer=1",
            "combine:members=mad",
            "combine:members=mad+mad(band=1)+combine(members=seasonal+pca(window=2);by=max),by=rank",
            "combine:members=ewma+bocpd+knn(window=5),by=pvalue", "combine:members=zscore+pca+copod,by=max",
            "ewma:halflife=0.1,memory=2", "ewma:halflife=100000,memory=1000000",
        ])
    func extremes(specification: String) {
        let failures = DetectorConformance(specification, areaFloor: 0, seeds: [5]).failures()
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
    }

    @Test(
        "a streaming form also conforms at the ends of its parameters",
        arguments: [
            "cusum:drift=0.01,limit=100000,halflife=1000000", "cusum:drift=5,limit=1,halflife=1,memory=2,band=100",
            "pagehinkley:delta=0,threshold=1,memory=1000000", "pagehinkley:delta=5,threshold=100000,memory=2",
            "bocpd:run=2,longest=10,memory=2", "bocpd:run=1000000,longest=1000",
            "sr:window=32", "sr:window=256",
            "knn:k=1,window=1,stored=16,memory=100", "knn:k=100,window=30,stored=16",
            "auto:profile=light", "holtwinters:alpha=1,beta=1,gamma=1,phi=1",
            "holtwinters:alpha=0,beta=0,gamma=0,phi=0,memory=2", "holtwinters:period=24m,slots=24",
            "holtwinters:period=2s,slots=288", "holtwinters:period=366d,slots=2",
            "holtwinters:period=1h,slots=288,alpha=1,beta=1,gamma=1,phi=1,memory=1000000,band=100",
            "poisson:halflife=2", "poisson:halflife=1000000,band=100", "heartbeat:jitter=0.01", "heartbeat:jitter=10",
            "seasonal:slots=96,patience=0s,halflife=1h", "seasonal:slots=1,period=week,zone=Asia/Kolkata,band=100",
            "seasonal:period=none,halflife=520w,patience=52w", "seasonal:period=day,slots=7,zone=America/New_York",
            "pca:window=2,components=1,gain=1", "pca:window=60,components=50,gain=0.0001,halflife=1,memory=2",
            "rcf:trees=1,sample=2,window=1,memory=100", "rcf:trees=2,sample=30,window=20,memory=1000000000",
        ])
    func onlineExtremes(specification: String) {
        let failures = DetectorConformance(
            specification, online: true, areaFloor: 0, seeds: [5], scoresTimes: specification.hasPrefix("heartbeat")
        ).failures()
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
    }
}
