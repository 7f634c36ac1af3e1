import { bilingualWords } from '../core/index.js';

const en = {
  tooManyOfAddress: 'too many devices of one address ask for a pairing code',
  tooManyOfNetwork: 'too many devices of one network wait for a pairing code',
  tooManyCodes: 'too many wrong pairing codes; wait a few minutes',
  noForm: 'the body is no multipart form',
  malformed: 'the form is cut or malformed',
  pictureTooLarge: 'the picture is larger than 2 MB',
  noPicture: 'the file is no JPEG, PNG or WebP',
  tooManyPixels: (width: number, height: number) => `the picture has ${width} × ${height} pixels, which are too many`,
  noVision: 'no model looks at pictures',
  tooManyPictures: 'too many pictures at a time',
};

const zh: typeof en = {
  tooManyOfAddress: '同一个地址有太多设备在要配对码',
  tooManyOfNetwork: '同一个网络有太多设备在等配对码',
  tooManyCodes: '输错的配对码太多，请等几分钟',
  noForm: '请求体不是 multipart 表单',
  malformed: '表单不完整或格式不对',
  pictureTooLarge: '图片大于 2 MB',
  noPicture: '文件不是 JPEG、PNG 或 WebP 图片',
  tooManyPixels: (width, height) => `图片有 ${width} × ${height} 像素，太大了`,
  noVision: '没有配置看图的模型',
  tooManyPictures: '图片太多，来不及看',
};

export const deviceWords = bilingualWords({ en, zh });
