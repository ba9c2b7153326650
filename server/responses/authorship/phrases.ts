import { folded } from './fold.ts'

/** Phrases, separated by `|`, as they stand in a folded text in small letters, their words a space apart. */
const phrases = (...lines: string[]) =>
  new Set(
    lines
      .join('|')
      .split('|')
      .map((phrase) =>
        folded(phrase.trim())
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
          .trim(),
      )
      .filter(Boolean),
  )
const words = (...lines: string[]) => phrases(lines.join(' ').replaceAll(' ', '|'))

/** After which, but for small words, an author names itself or who made it. */
export const introductions = phrases(
  "i am|i'm|i was|i've been|i have been|i run|i come|i identify|i go by|my name is|my name's|my names|call me|you can call me|i'm called|they call me",
  "it's me|being|speaking as|acting as|we at|here at|us at|we are|we're|hello from|hi from|greetings from|cheers from|regards from|love from|thanks for using|thank you for using|thank you for choosing|thanks for choosing|hi it's|hello it's|hey it's",
  'soc en|soc la|soc el|em dic|el meu nom és',
  'you are talking to|you are talking with|you are chatting with|you are speaking with|you are speaking to|you re talking to|you re chatting with|you re speaking with',
  'ich bin|ich heiße|ich heisse|mein name ist|man nennt mich|ich wurde|ich stamme|ich werde',
  "je suis|je m'appelle|mon nom est|moi c'est|en tant que|j'ai été|j ai ete|je viens",
  'soy|yo soy|me llamo|mi nombre es|fui|he sido|sou|eu sou|me chamo|chamo-me|o meu nome é|meu nome é|fui criado|eu fui',
  'io sono|mi chiamo|il mio nome è|sono stato|sono stata|ik ben|mijn naam is|ik heet|ik werd|jag är|jag heter|mitt namn är|jag har',
  'jeg er|jeg hedder|jeg heter|mitt navn er|mit navn er|olen|minä olen|nimeni on|minut on|minut|jestem|nazywam się|mam na imię|zostałem|zostałam|moje imię to',
  'jsem|jmenuji se|jmenuju se|byl jsem|volám sa|eu sunt|mă numesc|numele meu este|am fost|vagyok|a nevem|az én nevem|engem',
  'mimi ni|jina langu ni|ako si|ako ay|ek is|my naam is|es esmu|mani sauc|aš esu|mano vardas|jaz sem|ime mi je|ja sam|zovem se|аз съм|казвам се|јас сум|ја сам|зовем се|ég er|ég heiti|is mise',
  'நான்|என் பெயர்|నేను|నా పేరు|मी|माझे नाव|میں|میرا نام|মই|હું|ਮੈਂ|ನಾನು|ഞാൻ|მე ვარ|ես|мен|mən|би|ma olen|minu nimi on|unë jam|naiz',
  'ben|benim adım|adım|ben bir|beni|saya|saya adalah|nama saya|nama saya adalah|aku|aku adalah|tôi là|mình là|tên tôi là|tôi tên là|em là|tôi được|tôi',
  'я|меня зовут|мое имя|меня|мене звати|мене звуть|мене|моє ім’я|είμαι|με λένε|το όνομά μου είναι|ονομάζομαι|εγώ είμαι|έχω',
  'أنا|اسمي|إسمي|אני|שמי|השם שלי|من یک|نام من|تم تدريبي|تم تطويري|تم إنشائي|تمت برمجتي|طورتني|دربتني|أنشأتني|اسم من|मैं|मेरा नाम|मैं हूँ|मुझे|আমি|আমার নাম',
)

/** "I am" where a clause begins with it; elsewhere it means "they are". */
export const clauseOpeners = words('sono sunt im')

/** "am", where it follows the name. */
export const copulasBehind = words('هستم vagyok हूँ हूं naiz ہوں')

/** That may stand between an introduction and the name. */
export const fillers = words(
  'a an the your my one of just only also actually indeed simply proud latest new called named known as version based on from by at in with using via powered running run',
  'name go goes its successor comes come is over friend own brand new humble trusty personal',
  'ai artificial intelligence assistant model models language large big small vision visual multimodal multi modal image helpful friendly virtual chatbot chat bot agent system llm vlm lm mllm',
  'trained made created built developed designed released provided deployed produced programmed engineered tuned fine finetuned pretrained maintained operated hosted brought to you taught',
  'team researchers engineers people folks scientists company lab labs and which that who was is are were been have has developer developers maker makers creator creators product',
  'open source open-source weights research advanced powerful capable large-scale generative conversational digital neural network state art family member series part',
  'ein eine einer einem der die das den dem des von vom aus bei durch und ki assistent sprachmodell modell großes grosses namens entwickelt entwickeltes trainiert trainiertes gebaut wurde entwickelter erstellt worden geschaffen basiertes visuelles',
  'un une le la les du de des d l par chez et ia assistant modèle langage langue développé développée créé créée entraîné entraînée conçu conçue nommé appelé basé multimodal vision grand intelligence artificielle',
  'uno una el los las del por en y asistente modelo lenguaje idioma desarrollado desarrollada creado creada entrenado entrenada llamado llamada basado inteligencia artificial visión gran multimodal fui sido hecho',
  'um uma o os as do da dos das pelo pela assistente linguagem desenvolvido desenvolvida criado criada treinado treinada chamado chamada inteligência feito feita visual grande',
  'il lo gli i dello della dal dalla da e assistente modello linguaggio linguistico sviluppato sviluppata creato creata addestrato addestrata chiamato intelligenza artificiale stato stata',
  'een het van door en taalmodel model assistent ontwikkeld gemaakt getraind genaamd kunstmatige intelligentie ett en den av och språkmodell assistent utvecklad tränad tränats skapats utvecklats som skapad trent utviklet trænet et af sprogmodel språkmodell utviklet udviklet trent trænet skabt laget',
  'jest model językowy modelem językowym asystent asystentem stworzony stworzonym przez firmę firmy wytrenowany opracowany od sztucznej inteligencji duży vytvořený vyvinutý společností společnosti jazykový asistent umělá inteligence trénovaný od',
  'модель языковая языковой ассистент помощник созданная созданный разработанная разработанный обученная обученный компанией компании от ии нейросеть большая это мовна модель асистент створена створений розроблена розроблений компанією навчена ви штучний інтелект искусственный интеллект меня создала разработала обучила создали розробила створила',
  'bir yapay zeka dil modeli modeliyim asistanı tarafından geliştirilen eğitilmiş geliştirilmiş adlı adalah model bahasa asisten ai yang dikembangkan dilatih dibuat oleh dari bernama là một mô hình ngôn ngữ trợ lý do được phát triển bởi tạo huấn luyện của lớn',
  'este un model lingvistic asistent dezvoltat creat antrenat de de către kielimalli tekoäly tekoälyavustaja kehittämä kouluttama on nyelvi modell asszisztens által fejlesztett egy az',
  'ένα είναι το ο η γλωσσικό μοντέλο βοηθός της του από την που αναπτύχθηκε δημιουργήθηκε εκπαιδεύτηκε نموذج لغوي لغة مساعد ذكاء اصطناعي تم تطويره طورته تدريبه من قبل شركة بواسطة طورتني דגם מודל שפה עוזר של שפותח על ידי שאומן חברת בינה מלאכותית',
  'یک مدل زبانی دستیار هوش مصنوعی که توسط شرکت ساخته شده توسعه एक भाषा मॉडल एआई सहायक द्वारा विकसित प्रशिक्षित बनाया गया हूँ है का की',
)

/** Of what is said of a model that answers, not of a person or a thing. */
export const modelNouns = words(
  'نموذج مساعد مدل دستیار מודל עוזר मॉडल सहायक μοντέλο βοηθός sprogmodel kielimalli tekoäly nyelvi språkmodell modell jazykový lingvistic ai model models assistant chatbot bot llm vlm agent sprachmodell ki assistent modèle ia modelo asistente assistente modello taalmodel språkmodell model językowy asystent модель ассистент помощник нейросеть нейросеть мовна modeli asistanı asisten',
)

/** Those by whom an author was made: "my creators at …". */
export const makerNouns = words(
  'creator creators developer developers maker makers team company provider trainers engineers owners parent training origin entwickler schöpfer créateurs développeurs creadores desarrolladores criadores desenvolvedores creatori sviluppatori makers skapare создатели разработчики twórcy',
)

/** What an author has of its own: "Gemini's answer", "my Gemini vision". */
export const ofMaking =
  /^(?:train|pretrain|creat|develop|made$|built|build|design|program|instruct|finetun|tuned|entrain|concu|entwick|erstell|gebaut|geschaff|desarroll|entren|cread|hech[oa]|desenvolv|trein|criad|feit[oa]|svilupp|addestr|ontwikk|getrain|gemaakt|utveckl|tran|skap|udvikl|traen|utvikl|trent|opracow|stworz|wytren|szkol|vyvinu|vytvo|natren|trenov|разраб|созда|обуч|натрен|розроб|створ|навч|gelistir|egit|yarat|dikembang|dilatih|dibuat|phat|huan|dezvolt|antren|kehitt|koulut|fejleszt|betan|keszit|αναπτυ|εκπαιδ|δημιουργ|طور|درب|انشا|صمم|פות|אומן|אומנ|הוכשר|ساخت|توسع|विकसित|प्रशिक्ष|बना|তৈরি|niliyetengenezwa|umetengenezwa)/

export const answerNouns = words(
  'answer answers response reply opinion take guess count estimate verdict description analysis output interpretation conclusion summary view thoughts assessment antwort beschreibung réponse avis respuesta opinión resposta risposta antwoord svar odpowiedź ответ мнение',
)
export const ownNouns = words(
  'vision model training weights knowledge capabilities eyes brain circuits makers creators developers team policy policies guidelines version encoder backbone architecture tokenizer side identity nature roots family series engine',
)

/** Policies of a maker that an author has to keep to. */
export const policyNouns = words(
  'policy policies guidelines rules terms principles safety usage content richtlinien politique règles política políticas',
)

/** What a text is that an author wrote. */
export const writtenNouns = words(
  'answer response reply description caption output analysis summary text content result antwort beschreibung réponse respuesta resposta risposta antwoord svar odpowiedź ответ описание yanıt cevap jawaban',
)

/** By whom and with what something was written. */
export const writingVerbs = words(
  'sent posted performed prepared delivered written générée générés generata gegenereerd wygenerowana сгенерирован сгенерированный написан generated produced created answered composed provided made powered brought drafted crafted authored responded generiert erstellt verfasst beantwortet généré rédigé écrit generado generada escrito escrita gerado gerada generato scritto gegenereerd geschreven genererad skriven wygenerowane сгенерировано написано создано создан',
)
export const byWords = words(
  'by with using from via through of courtesy durch von mit par de di del af od от avec por con com da pelo door av przez с помощью від',
)

/** What somebody does who looks at a picture and answers. */
export const lookingVerbs = words(
  'looked hopes has is cannot noticed wrote thinks thought believes sees saw counts counted reckons guesses estimates detects detected identifies answers replies responds concludes observes perceives recognizes recognises speaking would reporting spots notices',
  'denkt sieht zählt glaubt meint pense voit compte croit piensa ve cree cuenta pensa vê acha conta vede crede denkt ziet telt думает видит считает полагает tror ser räknar myśli widzi liczy',
)
/** The same, where a picture's own people may do it, too. */
export const sayingVerbs = words(
  'says said finds found notes reads read reports answered suggests can could cannot agrees confirms wants sagt dit dice diz zegt säger mówi говорит отвечает',
)

/** By which words within a picture, or those of somebody else, are told. */
export const reporting = words(
  'says say said saying reads reading states stated stating writes wrote written printed labelled labeled label captioned caption titled title headline bubble bubbles quote quotes quoted announces declares exclaims asks',
  'sign poster banner billboard badge nametag shirt screen screenshot watermark footer header subtitle subtitles text displays displayed displaying shows showing lists listed tweet post email message placard sticker slogan dialogue window plaque',
  'steht sagt schild lautet geschrieben aufschrift zeigt sprechblase text überschrift dit lit écrit affiche panneau bulle indique montre dice dicen escrito cartel muestra pone letrero burbuja lee diz placa mostra balão legenda',
  'scritto cartello dice fumetto mostra bord staat zegt tekst skylten skylt står säger napis mówi tablica pokazuje надпись написано говорит вывеска табличка экран показывает гласит yazıyor diyor tabela tertulis berkata tulisan viết nói biển',
)

/** What shows text or figures of its own. */
export const showing = words(
  'chart graph table bar bars row column legend axis slide figure panel plot diagram leaderboard screenshot screen article newspaper page benchmark benchmarks scores scored poster comic cartoon tabelle diagramm graphique tableau gráfico tabla tabela grafico tabella таблица график',
)

export const firstPerson = words(
  'i me my myself we our ich mich mir mein meine je moi mon ma mes yo mi mí me eu meu minha io mio mia ik mij mijn jag mig min jeg mig min ja mnie mój я меня мне мой мои ben beni saya tôi',
)
export const instructing = words(
  'has have does doesn didn won wrote instructed instructs told tells asked asks made lets allows forbids prohibits prevents requires required wants trained built gave taught designed set programmed calls keeps expects limits restricts stops built created developed',
)
export const meWords = words('me my mich mir m moi me mí mi meu mij mig mnie меня мене beni minut engem')
export const makingVerbs = words(
  'set made trained created built taught designed developed programmed gave released calls called named tuned deployed trains makes build builds hat entwickelt trainiert gebaut geschaffen créé entraîné développé conçu creó entrenó desarrolló ha creado entrenado desarrollado criou treinou desenvolveu creato addestrato sviluppato heeft gemaakt getraind ontwikkeld skapade tränade создала создал обучила обучил разработала разработал stworzył stworzyła wytrenował geliştirdi eğitti',
)

export const labels = words(
  'source by respondent responder answerer engine generator model assistant author ai bot agent llm vlm answered modell modèle modelo modello модель автор assistent asistente 模型',
)

export const farewells = words(
  'regards sincerely yours thanks cheers love best signed wishes truly faithfully grüße gruß cordialement saludos atentamente atenciosamente saluti groeten hälsningar pozdrawiam уважением',
)

/** With which an answer begins behind the name of who gives it. */
export const beginnings = words(
  'no someone somebody people the a an there this that it i in on at yes no my looks here sure answer based from let we these those two three four five six seven eight nine ten one well okay ok hello hi to for der die das es ich le la il je el un en hay o os há there’s',
)

/** By which an author speaks of itself where words are not set apart: Chinese, Japanese, Korean, Thai. */
const unspaced = (...lines: string[]) => lines.flatMap((line) => line.split(' ')).map((phrase) => folded(phrase))
export const labelsUnspaced = unspaced('回答者 作者 模型 回答模型 モデル 回答モデル 작성자 모델 답변자 ผู้ตอบ โมเดล')
export const selfBefore = unspaced(
  '我是 我叫 我就是 我名叫 名字是 名字叫 名叫 作为 身为 我由 我是由 我来自 来自 本人是 這裡是 这里是 作為 我係 我的名字是',
  '私は 僕は わたしは 私の名前は 名前は こちらは 我輩は 저는 나는 제이름은 제 난 저의이름은 전 ฉันคือ ผมคือ ฉันชื่อ ผมชื่อ เราคือ ดิฉันคือ ฉันเป็น ผมเป็น',
)
export const selfWords = unspaced(
  '我 本模型 本助手 人工智能 语言模型 語言模型 助手 私 僕 わたし AI モデル アシスタント 저 나는 내 모델 인공지능 어시스턴트 ฉัน ผม โมเดล เอไอ',
)
export const madeBy = unspaced(
  'による 开发 開發 训练 訓練 研发 研發 创建 創建 创造 打造 推出 制作 製作 提供 的模型 的AI 的人工智能 的大模型 的语言模型',
  '開発 作成 作られ 訓練され 学習 によって 製の が作 개발 훈련 만든 만들 학습 제작 의모델 พัฒนา สร้าง ฝึก',
)
export const afterSelf = unspaced(
  'です と申します 로서 으로서 として といいます と言います だよ である です。 입니다 이에요 예요 이라고 라고 입니다. 이야 ครับ ค่ะ',
)
export const textWords = unspaced('回答 答案 回复 回覆 描述 本文 文本 内容 この回答 回答は 답변 응답 คำตอบ')
export const writtenBy = unspaced('生成 撰写 撰寫 提供 编写 編寫 作成 書かれ 생성 작성 สร้าง เขียน')
export const reportingUnspaced = unspaced(
  '写着 寫著 写道 显示 顯示 标题 標題 屏幕 螢幕 海报 招牌 牌子 对话框 气泡 字样 印着 标签 图表 表格 截图 と書 吹き出し 看板 表示 画面 ポスター 文字 グラフ 表で 라고적 적혀 표지판 말풍선 화면 쓰여 그래프 เขียนว่า ป้าย ข้อความ แสดง',
)
